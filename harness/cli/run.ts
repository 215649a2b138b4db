/** `letitcrash run <scenario>`: plans it, plays it, writes the run folder, prints the verdict. */
import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import { terminalSummary } from '../../reports/terminal.ts';
import { type ArenaWish, enterArena } from '../arena/enter.ts';
import { healRun } from '../arena/heal.ts';
import { presentArena, wasLaunchedInArena } from '../arena/inside.ts';
import { faultKinds } from '../faults/catalogue.ts';
import { ForeignEndpointError } from '../load/own-endpoints.ts';
import type { Verdict } from '../result/result.ts';
import { rehearse } from '../run/rehearsal.ts';
import { RunError } from '../run/run-error.ts';
import { defaultRunPath } from '../run/run-folder.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import type { Plan } from '../scenario/plan.ts';
import { type PlanOutcome, planScenario } from '../scenario/plan-scenario.ts';
import { describeProblem } from '../scenario/problem.ts';
import { catalogue } from './catalogue.ts';
import { type CommonOptions, type Console, consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { liveProgress } from './live-progress.ts';
import { planText } from './plan-text.ts';
import { writeReports } from './report-files.ts';

const VERDICT_CODES: Readonly<Record<Verdict, ExitCode>> = {
  pass: ExitCode.pass,
  fail: ExitCode.fail,
  invalid: ExitCode.invalid,
  unknown: ExitCode.invalid,
};

const SEEDS = 2 ** 32;

const EXAMPLES = `
Examples:
  letitcrash run quickstart
  letitcrash run ./my.yaml --set load.rate=4000/s --set target.durability=commit --seed 7
  letitcrash run kill-node --dry-run
  letitcrash run smoke --json | jq .latency.response.p99Us`;

export function runCommand(): Command {
  return new Command('run')
    .description('play a scenario, write a run folder, print the verdict')
    .argument('<scenario>', 'a bundled name (letitcrash scenarios) or a .yaml, .json or .ts file')
    .option('--dry-run', 'print the plan, the schedule and what it needs here, and start nothing')
    .option('--arena', 'run in an arena of its own namespaces, or not at all (default: where possible, when there are faults)')
    .option('--no-arena', 'run without an arena')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string, { dryRun, arena }: { dryRun?: boolean; arena?: boolean }, command: Command) => {
      const console = consoleOf(command);
      const planned = await plan(given, console.options);
      if (!planned.ok) {
        for (const problem of planned.problems) console.complain(describeProblem(problem));
        console.document({ schema: 'letitcrash.problems/1', problems: planned.problems });
        process.exitCode = ExitCode.usage;
      } else if (dryRun === true) {
        const rehearsal = await rehearse(planned.plan);
        console.print(planText(planned.plan, rehearsal));
        console.document({ ...planned.plan, rehearsal });
      } else {
        process.exitCode = await playInArena(planned.plan, arena, console);
      }
    });
}

async function plan(given: string, options: CommonOptions): Promise<PlanOutcome> {
  const loaded = await loadScenario(given);
  if (!loaded.ok) return loaded;
  return planScenario(loaded.source, { catalogue, overrides: options.set, seed: options.seed ?? randomInt(SEEDS) });
}

/** `asked` is the flag: undefined leaves it to whether there is anything to clean up after. */
async function playInArena(plan: Plan, asked: boolean | undefined, console: Console): Promise<number> {
  const needed = plan.faults.some(({ kind }) => faultKinds.get(kind)?.requires.includes('arena') === true);
  if (needed && asked === false) {
    console.complain('a fault of this scenario needs the arena: leave --no-arena out');
    return ExitCode.usage;
  }
  const byDefault: ArenaWish = needed ? 'needed' : plan.faults.length > 0 ? 'if-possible' : 'no';
  const { out } = console.options;
  // From inside an arena nobody can tell whether an earlier run in this folder is alive.
  if (out !== null && presentArena() === null && !wasLaunchedInArena()) {
    const healed = await healRun(out);
    if (healed?.state === 'healed') console.complain(`${out}: an earlier run was killed; what it left behind is undone`);
  }
  const entry = await enterArena(asked === undefined ? byDefault : asked ? 'needed' : 'no');
  switch (entry.kind) {
    case 'over':
      return entry.exitCode;
    case 'impossible':
      console.complain(`there can be no arena: ${entry.reason}`);
      return ExitCode.environment;
    case 'outside':
      if (entry.reason !== null) console.complain(`without an arena: ${entry.reason}`);
  }
  return play(plan, console);
}

async function play(plan: Plan, console: Console): Promise<ExitCode> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  const progress = liveProgress(
    process.stderr,
    process.stderr.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb',
  );
  try {
    const outDir = console.options.out ?? defaultRunPath(new Date(), plan.scenario.name, plan.target.use);
    // Loaded only now: lists, help and mistakes need no generator.
    const { runScenario } = await import('../run/conductor.ts');
    const { result, runDir } = await runScenario(plan, {
      outDir,
      signal: interruption.signal,
      progress: (event) => {
        if (!console.options.quiet) progress.event(event);
      },
    });
    progress.end();
    const reportPath = await writeReports(result, runDir);
    console.print(terminalSummary(result, { colour: console.colour, width: console.width, reportPath }));
    console.document(result);
    return interruption.signal.aborted ? ExitCode.interrupted : VERDICT_CODES[result.verdict];
  } catch (error) {
    progress.end();
    if (interruption.signal.aborted) {
      console.complain('interrupted; everything that was started has been stopped');
      return ExitCode.interrupted;
    }
    if (error instanceof ForeignEndpointError) {
      console.complain(error.message);
      return ExitCode.usage;
    }
    if (error instanceof RunError) console.complain(error.message);
    else console.complain(`the run failed: ${error instanceof Error ? error.message : String(error)}`);
    return ExitCode.environment;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt);
  }
}

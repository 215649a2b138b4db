/** `letitcrash compare <a> <b>`: two configurations of a server take turns; shows what differs, by how much, and with what confidence. */
import { randomInt } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { comparisonTerminal } from '../../../reports/comparison-terminal.ts';
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { plural } from '../../evidence/result/format.ts';
import { shellWord } from '../../evidence/result/command-line.ts';
import { toldText } from '../../evidence/result/told-error.ts';
import { describeProblem, type Problem } from '../../plan/scenario/problem.ts';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import { healRun } from '../../run/arena/heal.ts';
import { presentArena, wasLaunchedInArena } from '../../run/arena/inside.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { ForeignEndpointError } from '../../run/drivers/own-endpoints.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { type ComparisonRequest, readRequest } from '../../studies/compare/comparison-request.ts';
import type { ComparisonSides } from '../../studies/compare/comparison-sides.ts';
import { planSides } from '../../studies/compare/plan-sides.ts';
import { type Asked, reachText, tooFewBlocks, tooLittleTime } from '../../studies/compare/reach.ts';
import { machineRefusal } from '../../studies/gate/hold-to-policy.ts';
import { loadPolicy } from '../../studies/gate/load-policy.ts';
import { BUILT_IN_POLICY, type Policy } from '../../studies/gate/policy.ts';
import { policyMetrics } from '../../studies/gate/policy-metrics.ts';
import { writeComparisonReports } from '../library/comparison-files.ts';
import { blockCount } from './block-count.ts';
import { compareProgress } from './compare-progress.ts';
import { comparisonExitCode } from './comparison-exit-code.ts';
import { type Console, consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { inArena } from './in-arena.ts';
import { interruptible } from './interruption.ts';
import { isLive } from './progress-line.ts';
import { namesFinishedRun, showDiff, twoRuns } from './show-diff.ts';

interface Options {
  readonly scenario?: string;
  readonly blocks?: number;
  readonly policy?: string;
  readonly resume?: string;
  readonly strict?: boolean;
  readonly arena?: boolean;
}

const DEFAULT_SCENARIO = 'compare';

const HELP = `
A side is a scenario perhaps, and what is different from it: words apart by spaces or commas. A key of target may leave out "target.", the
name of a target stands for target.use, and node@24 is a version of Node for the servers, fetched from npm when it is not there.

The sides take turns in blocks of four runs, ABBA or BAAB, each a fresh server. B is asked: is it worse than A by more than a margin?
Regressed, equivalent or inconclusive, after a half, three quarters and all of the blocks, whichever has the answer first.

Examples:
  letitcrash compare durability=fsync durability=memory
  letitcrash compare node@24 node@26 --blocks 12
  letitcrash compare nodes=1 nodes=3 --scenario steady --set load.duration=5s
  letitcrash compare "node@26" "node@26 nodeFlags=[--max-semi-space-size=64]" --policy letitcrash/policy.yaml --strict
  letitcrash compare --resume runs/<time>-compare-<target>          go on after an interruption
  letitcrash compare runs/one runs/other      two finished runs: as letitcrash diff, which decides nothing

Exit codes: 0 no worse, or open; 1 regressed, or B broke delivery; 2 usage; 3 environment; 4 open, with --strict; 5 too few valid blocks
for any answer; 130 interrupted.`;

export function compareCommand(): Command {
  return new Command('compare')
    .description('compare two configurations of a server, interleaved')
    .argument('[a]', 'what it is compared with, like durability=fsync')
    .argument('[b]', 'what may be worse, like durability=memory')
    .option('--scenario <name>', "the load: a bundled name or a file (default: the policy's, else compare)")
    .option('--blocks <n>', `blocks of four runs at most (default: the policy's, else ${BUILT_IN_POLICY.blocks})`, blockCount())
    .option('--policy <file>', 'metrics, margins and limits (letitcrash schema policy)')
    .option('--resume <dir>', 'go on with the comparison in this folder')
    .option('--strict', 'exit 4 when the answer is open')
    .option('--arena', 'run in an arena of its own namespaces, or not at all (default: where possible, when there are faults)')
    .option('--no-arena', 'run without an arena')
    .addHelpText('after', HELP)
    .action(async (a: string | undefined, b: string | undefined, options: Options, command: Command) => {
      const console = consoleOf(command);
      const finished = await finishedSides(a, b, options, console);
      if (finished !== null) {
        process.exitCode = finished;
        return;
      }
      const prepared = await prepare(a, b, options, console);
      if (prepared === null) {
        process.exitCode = ExitCode.usage;
        return;
      }
      const { sides } = prepared;
      await healInterrupted(prepared.folder, console);
      const plans = [sides.a.plan, sides.b.plan];
      const kinds = plans.flatMap(({ faults }) => faults.map(({ kind }) => kind));
      const targets = plans.map(({ target }) => target);
      process.exitCode = await inArena({ kinds, targets, asked: options.arena }, console, () =>
        play(prepared, options.strict === true, console),
      );
    });
}

/** Two finished runs are put side by side, since they cannot be played; null if the sides are servers. */
async function finishedSides(
  a: string | undefined,
  b: string | undefined,
  { scenario, blocks, policy, resume, arena, strict }: Options,
  console: Console,
): Promise<ExitCode | null> {
  if (a === undefined || b === undefined) return null;
  const [ofA, ofB] = await Promise.all([namesFinishedRun(a), namesFinishedRun(b)]);
  if (!ofA && !ofB) return null;
  if (ofA !== ofB) {
    console.complain(
      `${ofA ? a : b}: is a finished run, and ${ofA ? b : a} is none: a comparison plays both of its sides, in turns\n  give two servers, or two finished runs (letitcrash diff)`,
    );
    return ExitCode.usage;
  }
  const { seed, set } = console.options;
  const surplus = Object.entries({ scenario, blocks, policy, resume, arena, seed: seed ?? undefined, set: set[0] }).filter(
    ([, value]) => value !== undefined,
  );
  if (surplus.length > 0) {
    const flags = surplus.map(([name]) => `--${name}`).join(', ');
    console.complain(`${a}, ${b}: are finished runs, of which nothing is played, so there is no ${flags}\n  leave out either`);
    return ExitCode.usage;
  }
  const runs = await twoRuns(a, b);
  if (runs.ok) return (await showDiff(runs.a, runs.b, strict === true, console)).code;
  for (const problem of runs.problems) console.complain(problem);
  return ExitCode.usage;
}

interface Prepared {
  readonly request: ComparisonRequest;
  readonly sides: ComparisonSides;
  readonly policy: Policy;
  readonly folder: string;
}

/** Checks everything that can be wrong before anything runs; returns null, after complaining, if something is. */
async function prepare(
  a: string | undefined,
  b: string | undefined,
  options: Options,
  console: Console,
): Promise<Prepared | null> {
  const request = await requestOf(a, b, options, console);
  if (typeof request === 'string') {
    console.complain(request);
    return null;
  }
  const policy = request.policy === null ? { ok: true as const, policy: BUILT_IN_POLICY } : await loadPolicy(request.policy);
  const planned = await planSides({
    a: request.a,
    b: request.b,
    scenario: request.scenario ?? (policy.ok ? policy.policy.scenario : null) ?? DEFAULT_SCENARIO,
    set: request.set,
    seed: request.seed,
    isTarget: (word) => catalogue.targets.has(word),
  });
  if (!policy.ok || !planned.ok)
    return refuse([...(policy.ok ? [] : policy.problems), ...(planned.ok ? [] : planned.problems)], console);
  const here = machineFingerprint(thisMachine());
  const refusal = machineRefusal(policy.policy, here, here);
  if (refusal !== null) {
    console.complain(`${request.policy}: ${refusal}`);
    return null;
  }
  const { sides } = planned;
  const asked = askedOf(request, policy.policy);
  const loadMs = Math.max(sides.a.plan.load.durationMs, sides.b.plan.load.durationMs);
  const few = tooFewBlocks(asked);
  const short = tooLittleTime(asked, policy.policy.budgetMs, loadMs);
  if (few !== null || short !== null) {
    if (few !== null) console.complain(`${few}\n  leave --blocks out, or say more`);
    if (short !== null)
      console.complain(`${request.policy}: ${short}\n  a larger budget, a shorter load, or fewer blocking metrics`);
    return null;
  }
  const folder = options.resume ?? console.options.out ?? defaultRunPath(new Date(), 'compare', sides.b.plan.target.use);
  return { request, sides, policy: policy.policy, folder };
}

function askedOf({ blocks }: ComparisonRequest, policy: Policy): Asked {
  return { blocks: blocks ?? policy.blocks, metrics: policyMetrics(policy), alpha: policy.alpha };
}

function refuse(problems: readonly Problem[], console: Console): null {
  for (const problem of problems) console.complain(describeProblem(problem));
  console.document({ schema: 'letitcrash.problems/1', problems });
  return null;
}

/** A run that was killed may have left something behind, and its folder is needed again. */
async function healInterrupted(folder: string, console: Console): Promise<void> {
  // From inside an arena it cannot be seen whether a run is alive.
  if (presentArena() !== null || wasLaunchedInArena()) return;
  const runs = join(folder, 'runs');
  for (const name of await readdir(runs).catch(() => [])) {
    const healed = await healRun(join(runs, name));
    if (healed?.state === 'healed') console.complain(`${join(runs, name)}: was killed; what it left behind is undone`);
  }
}

async function requestOf(
  a: string | undefined,
  b: string | undefined,
  { scenario, blocks: count, policy, resume }: Options,
  { options: { set, seed, out } }: Console,
): Promise<ComparisonRequest | string> {
  if (resume !== undefined) {
    const surplus = [a, b, scenario, count, policy, seed, out, set[0]].some((given) => given !== undefined && given !== null);
    if (surplus)
      return `--resume ${resume}: what is compared is in the folder\n  say nothing else but --strict, --json and --quiet`;
    return readRequest(resume);
  }
  if (a === undefined || b === undefined)
    return 'two sides are compared\n  letitcrash compare durability=fsync durability=memory';
  return {
    a,
    b,
    scenario: scenario ?? null,
    policy: policy ?? null,
    blocks: count ?? null,
    set: [...set],
    seed: seed ?? randomInt(MAX_SEED + 1),
  };
}

function play({ request, sides, policy, folder }: Prepared, strict: boolean, console: Console): Promise<ExitCode> {
  return interruptible(async (signal) => {
    const progress = compareProgress(process.stderr, isLive());
    try {
      const asked = askedOf(request, policy);
      if (!console.options.quiet) for (const message of reachText(asked)) progress.event({ kind: 'notice', message });
      // Loaded only now, because help and mistakes need no generator.
      const { runComparison } = await import('../../studies/compare/run-comparison.ts');
      const comparison = await runComparison(sides, {
        seed: request.seed,
        ...asked,
        slo: policy.slo,
        budgetMs: policy.budgetMs,
        outDir: folder,
        request,
        reproduce: commandLine(request),
        signal,
        progress: (event) => {
          if (!console.options.quiet) progress.event(event);
        },
      });
      progress.end();
      const reportPath = await writeComparisonReports(comparison, folder);
      console.printReport(comparisonTerminal(comparison, { colour: console.colour, width: console.width, reportPath }));
      console.document(comparison);
      if (comparison.interrupted === undefined) return comparisonExitCode(comparison, strict);
      console.complain(
        `interrupted; everything that was started has been stopped, and ${plural(comparison.blocks.length, 'finished block')} kept\n  letitcrash compare --resume ${shellWord(folder)}`,
      );
      return ExitCode.interrupted;
    } catch (error) {
      progress.end();
      if (signal.aborted) {
        // Until the comparison owned its folder, there is nothing to resume.
        const isKept = isDeepStrictEqual(await readRequest(folder), request);
        const remedy = isKept ? `\n  letitcrash compare --resume ${shellWord(folder)}` : '';
        console.complain(`interrupted; everything that was started has been stopped${remedy}`);
        return ExitCode.interrupted;
      }
      console.complain(toldText(error, 'the comparison failed'));
      return error instanceof ForeignEndpointError ? ExitCode.usage : ExitCode.environment;
    }
  });
}

function commandLine({ a, b, scenario, policy, blocks: count, set, seed }: ComparisonRequest): string {
  const words = ['letitcrash', 'compare', a, b];
  if (scenario !== null) words.push('--scenario', scenario);
  if (policy !== null) words.push('--policy', policy);
  if (count !== null) words.push('--blocks', String(count));
  for (const override of set) words.push('--set', override);
  return [...words, '--seed', String(seed)].map(shellWord).join(' ');
}

/** `letitcrash replay <schedule>`: plays a recorded schedule repeatedly, and says how often it fails. */

import { Command, InvalidArgumentError } from 'commander';
import { type ReplayResult, reproductionText } from '../../evidence/result/exploration.ts';
import { plural } from '../../evidence/result/format.ts';
import { shellWord } from '../../evidence/result/command-line.ts';
import { toldText } from '../../evidence/result/told-error.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { describeProblem, type Problem } from '../../plan/scenario/problem.ts';
import { planLoaded } from '../../run/conductor/plan-given.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { loadRecorded } from '../../studies/explore/recorded-schedule.ts';
import type { Trial } from '../../studies/explore/trial.ts';
import { writeReplayReports } from '../library/exploration-files.ts';
import { type Console, consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { inArena } from './in-arena.ts';
import { interruptible } from './interruption.ts';
import { writeLines } from './output.ts';

const DEFAULT_TIMES = 10;
const MAX_TIMES = 10_000;

interface Options {
  readonly times: number;
  readonly arena?: boolean;
}

const HELP = `
Every run has the same load and the same faults, from the same seed, and users that the server has not seen. What is judged is what
became of the messages; how late the generator was does not matter. The folder runs/<time>-replay-<scenario> has replay.json, report.html
and summary.md.

Examples:
  letitcrash replay runs/<time>-explore-reference/found-1.yaml --times 50
  letitcrash replay runs/<time>-kill-node-reference            the schedule.json of a run folder
  letitcrash replay kill-node --times 20 --set users=200       a bundled scenario, over and over

Exit codes: 0 no run failed, 1 a property was broken, 2 usage, 3 environment, 5 nothing was proven, 130 interrupted.`;

export function replayCommand(): Command {
  return new Command('replay')
    .description('play a recorded schedule again and again; print how often it fails')
    .argument('<schedule>', 'a scenario, a run folder, or its schedule.json')
    .option('--times <n>', 'runs', times, DEFAULT_TIMES)
    .option('--arena', 'play in an arena of its own namespaces, or not at all (default: where possible, when there are faults)')
    .option('--no-arena', 'play without an arena')
    .addHelpText('after', HELP)
    .action(async (given: string, options: Options, command: Command) => {
      const console = consoleOf(command);
      const planned = await planLoaded(await loadRecorded(given), console.options);
      if (!planned.ok) {
        process.exitCode = refuse(planned.problems, console);
        return;
      }
      const { plan } = planned;
      const kinds = plan.faults.map(({ kind }) => kind);
      process.exitCode = await inArena({ kinds, targets: [plan.target], asked: options.arena }, console, () =>
        play(given, plan, options.times, console),
      );
    });
}

function refuse(problems: readonly Problem[], console: Console): ExitCode {
  for (const problem of problems) console.complain(describeProblem(problem));
  console.document({ schema: 'letitcrash.problems/1', problems });
  return ExitCode.usage;
}

async function play(given: string, plan: Plan, count: number, console: Console): Promise<ExitCode> {
  const folder = console.options.out ?? defaultRunPath(new Date(), 'replay', plan.scenario.name);
  try {
    // Loaded only now, because help and mistakes need no generator.
    const { replay } = await import('../../studies/explore/replay.ts');
    const result = await interruptible((signal) =>
      replay({
        plan,
        times: count,
        folder,
        reproduce: commandLine(given, plan, count, console.options.set),
        signal,
        onTrial: (number, trial) => {
          if (!console.options.quiet) writeLines('stderr', trialText(number, trial));
        },
        onNotice: (message) => writeLines('stderr', `notice   ${message}`),
      }),
    );
    const report = await writeReplayReports(result, folder);
    console.print(`${summary(result)}\n  ${report}`);
    console.document(result);
    if (result.interrupted) return ExitCode.interrupted;
    if (result.reproduction.failures > 0) return ExitCode.fail;
    return result.reproduction.runs === 0 ? ExitCode.invalid : ExitCode.pass;
  } catch (error) {
    console.complain(toldText(error, 'the replay failed'));
    return ExitCode.environment;
  }
}

function commandLine(given: string, { seed }: Plan, count: number, set: readonly string[]): string {
  const overrides = set.flatMap((override) => ['--set', override]);
  return ['letitcrash', 'replay', given, '--times', String(count), ...overrides, '--seed', String(seed)].map(shellWord).join(' ');
}

function trialText(number: number, { discounted, broken, acked }: Trial): string {
  if (discounted !== null) return `run ${number}  does not count: ${discounted}`;
  return `run ${number}  ${broken.length === 0 ? 'held' : `BROKEN ${broken.join(', ')}`}; ${plural(acked, 'message')} acknowledged`;
}

function summary({ scenario, seed, reproduction, discounted, broken, evidence }: ReplayResult): string {
  const properties = Object.entries(broken).map(([property, runs]) => `${property} in ${runs}`);
  return [
    `${scenario}, seed ${seed}: ${reproduction.runs === 0 ? 'no run counted' : `broken ${reproductionText(reproduction)}`}`,
    ...(properties.length === 0 ? [] : [`  ${properties.join(', ')}`]),
    ...(discounted.length === 0 ? [] : [`  ${plural(discounted.length, 'run')} did not count: ${discounted[0]}`]),
    ...evidence.slice(0, 3).map((offence) => `  ${offence}`),
  ].join('\n');
}

function times(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MAX_TIMES)
    throw new InvalidArgumentError(`It is a whole number from 1 to ${MAX_TIMES}.`);
  return value;
}

/** `letitcrash replay <schedule>`: plays a recorded schedule repeatedly, and says how often it fails. */

import { Command } from 'commander';
import { type ReplayResult, reproductionText } from '../../evidence/result/exploration.ts';
import { plural } from '../../evidence/result/format.ts';
import { ExitCode } from '../library/exit-codes.ts';
import { DEFAULT_TIMES, type ReplayEvent, recordedPlan, replayPlan } from '../library/replay.ts';
import { type Console, consoleOf } from './console.ts';
import { inArena } from './in-arena.ts';
import { attempted } from './interruption.ts';
import { wholeNumber } from './option-values.ts';
import { writeLines } from './output.ts';

const MAX_TIMES = 10_000;

interface Options {
  readonly times: number;
  readonly arena?: boolean;
}

const HELP = `
Every run has the same load and the same faults, from the same seed, and users that the server has not seen before. Only the fate of the
messages is judged; how late the generator was does not matter. The folder runs/<time>-replay-<scenario> has replay.json, report.html
and summary.md.

Examples:
  letitcrash replay runs/<time>-explore-reference/found-1.yaml --times 50
  letitcrash replay runs/<time>-kill-node-reference            the schedule.json of a run folder
  letitcrash replay kill-node --times 20 --set users=200       a bundled scenario, repeatedly

Exit codes: 0 no run failed, 1 a property was broken, 2 usage, 3 environment, 5 nothing was proven, 130 interrupted.`;

export function replayCommand(): Command {
  return new Command('replay')
    .description('play a recorded schedule repeatedly; print how often it fails')
    .argument('<schedule>', 'a scenario, a run folder, or its schedule.json')
    .option('--times <n>', 'runs', wholeNumber(1, MAX_TIMES), DEFAULT_TIMES)
    .option('--arena', 'demand an arena, separate namespaces for the run (default: used if possible when there are faults)')
    .option('--no-arena', 'play without an arena')
    .addHelpText('after', HELP)
    .action(async (given: string, options: Options, command: Command) => {
      const console = consoleOf(command);
      const { set, seed } = console.options;
      const plan = await recordedPlan(given, { set, seed });
      process.exitCode = await inArena({ plans: [plan], asked: options.arena }, console, () =>
        attempted(console, { failed: 'the replay failed' }, async (signal) => {
          const { out: outDir } = console.options;
          const { times } = options;
          const onProgress = (event: ReplayEvent): void => tell(event, console);
          const { result, reportPath } = await replayPlan(given, plan, { times, set, outDir, signal, onProgress });
          console.print(`${summary(result)}\n  ${reportPath}`);
          console.document(result);
          if (result.interrupted) return ExitCode.interrupted;
          if (result.reproduction.failures > 0) return ExitCode.fail;
          return result.reproduction.runs === 0 ? ExitCode.invalid : ExitCode.pass;
        }),
      );
    });
}

function tell(event: ReplayEvent, console: Console): void {
  if (event.kind === 'trial') console.say(trialText(event));
  else writeLines('stderr', `notice   ${event.message}`);
}

function trialText({ number, discounted, broken, acked }: Extract<ReplayEvent, { kind: 'trial' }>): string {
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

/** `letitcrash explore`: searches for a schedule of faults that breaks a delivery property, and reduces what it finds. */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { type ExplorationResult, reductionText, reproductionText } from '../../evidence/result/exploration.ts';
import { formatNumber, plural } from '../../evidence/result/format.ts';
import { faultKinds } from '../../run/faults/catalogue.ts';
import { ExitCode } from '../library/exit-codes.ts';
import { type ExplorationOutcome, type ExploreOptions, type PreparedSearch, prepareSearch, search } from '../library/explore.ts';
import { type Console, consoleOf } from './console.ts';
import { exploreProgress } from './explore-progress.ts';
import { inArena } from './in-arena.ts';
import { attempted } from './interruption.ts';
import { duration, wholeNumber } from './option-values.ts';
import { shown } from './progress-line.ts';

interface Options {
  readonly target: string;
  readonly in: string;
  readonly budget?: number;
  readonly reduce?: number;
  readonly schedules?: number;
  readonly nodes: number;
  readonly times: number;
  readonly faults?: readonly string[];
  readonly arena?: boolean;
}

/** So far the only place where schedules are played. */
const PLACES: readonly string[] = ['real'];
const count = wholeNumber(1, 1_000_000);

const HELP = `
Draws schedules of faults, plays each in a short run against a cluster that stays warm, and judges it by the ledger. A schedule that
breaks a delivery property is reduced to the smallest one that still does, and written as a scenario file for run and replay. The folder
also has exploration.json, report.html and summary.md.

Examples:
  letitcrash explore --target reference --nodes 3 --budget 10m
  letitcrash explore --budget 1m --reduce 30s             a minute and a half at most; a run that would not fit is not begun
  letitcrash explore --schedules 200 --set target.durability=commit --seed 7
  letitcrash explore --faults kill-node,kill-process --set load.rate=300/s --set load.duration=3s
  letitcrash explore --target calibrated --budget 2m      a server that loses what a killed node had promised; found in seconds
  letitcrash replay runs/<time>-explore-<target>/found-1.yaml --times 20

Exit codes: 0 nothing found, 1 a property was broken, 2 usage, 3 environment, 5 nothing was proven, 130 interrupted.`;

export function exploreCommand(): Command {
  return new Command('explore')
    .description('search for a schedule of faults that breaks a delivery property')
    .option('--target <name>', 'the server to explore (letitcrash targets)', 'reference')
    .addOption(new Option('--in <place>', 'where the schedules are played').choices(PLACES).default('real').hideHelp())
    .option('--budget <time>', 'time to search, like 10m (default: 10m, unless --schedules is given)', duration)
    .option(
      '--reduce <time>',
      'time after the search to reduce a finding and measure how often it fails (default: as long as --budget, else 10m)',
      duration,
    )
    .option('--schedules <n>', 'number of schedules to play', count)
    .option('--nodes <n>', 'number of nodes of the cluster', count, 1)
    .option('--times <n>', 'number of fresh runs that measure the failure rate of a reduced schedule', count, 10)
    .option('--faults <kinds>', 'fault kinds to draw from, separated by commas (default: all that apply)', (text) =>
      text.split(','),
    )
    .option('--arena', 'demand an arena, separate namespaces for the run (default: used if possible)')
    .option('--no-arena', 'explore without an arena')
    .addHelpText('after', HELP)
    .action(async (options: Options, command: Command) => {
      const console = consoleOf(command);
      const asked = searchOf(command);
      const prepared = await prepareSearch(asked);
      // Faults that only an arena can play are left out if there is none.
      const kinds = prepared.recipes.map(({ kind }) => kind).filter((kind) => !needsArena(kind));
      process.exitCode = await inArena({ plans: [prepared.plan], kinds, asked: options.arena }, console, () =>
        play(prepared, asked, console),
      );
    });
}

/** What a command line asks to be searched. */
export function searchOf(command: Command): ExploreOptions {
  const { target, nodes, faults, schedules, times, budget: budgetMs, reduce: reduceMs } = command.opts<Options>();
  const { set, seed, out: outDir } = consoleOf(command).options;
  return { target, nodes, faults, schedules, times, budgetMs, reduceMs, set, seed, outDir };
}

function needsArena(kind: string): boolean {
  return faultKinds.get(kind)?.requires.includes('arena') === true;
}

function play(prepared: PreparedSearch, asked: ExploreOptions, console: Console): Promise<ExitCode> {
  const progress = shown(exploreProgress, console);
  return attempted(console, { failed: 'the exploration failed' }, async (signal) => {
    const finished = await search(prepared, { ...asked, signal, onProgress: progress.event }).finally(progress.end);
    console.print(`${summary(finished)}\n  ${finished.reportPath}`);
    console.document(finished.result);
    if (finished.unfit !== null)
      console.complain(`the search was given up because too many runs in a row proved nothing: ${finished.unfit}`);
    return exitCode(finished.result);
  });
}

function exitCode({ ending, found, schedules }: ExplorationResult): ExitCode {
  if (ending === 'interrupted') return ExitCode.interrupted;
  if (found.length > 0) return ExitCode.fail;
  return schedules === 0 || ending === 'unfit' ? ExitCode.invalid : ExitCode.pass;
}

function summary({ result, outDir }: ExplorationOutcome): string {
  const { schedules, found, acked, faults, schedulesPerSecond, discounted, reduction, ending } = result;
  const drawn = Object.entries(faults).map(([kind, { verified }]) => `${verified} ${kind}`);
  const searched = `${plural(schedules, 'schedule')}, ${formatNumber(schedulesPerSecond * 60)} a minute; ${plural(acked, 'message')} acknowledged`;
  const lines = [
    `${ending === 'interrupted' ? 'INTERRUPTED: ' : ''}${found.length === 0 ? 'nothing found:' : 'FOUND after'} ${searched}`,
    `  faults verified: ${drawn.length === 0 ? 'none' : drawn.join(', ')}${discounted.length === 0 ? '' : `; ${plural(discounted.length, 'run')} not counted`}`,
    ...(reduction === null ? [] : [`  ${reductionText(reduction)}`]),
  ];
  for (const { property, minimal, reproduction, evidence, scenario } of found) {
    lines.push(`  ${property} is broken ${reproductionText(reproduction)}, by`);
    for (const { at, kind, for: lasts, ...settings } of minimal) {
      lines.push(`    ${at} ${kind}${lasts === undefined ? '' : ` for ${lasts}`} ${JSON.stringify(settings)}`);
    }
    if (minimal.length === 0) lines.push('    no fault at all: the load alone');
    if (evidence[0] !== undefined) lines.push(`  ${evidence[0]}`);
    lines.push(`  letitcrash replay ${join(outDir, scenario)} --times 20`);
  }
  return lines.join('\n');
}

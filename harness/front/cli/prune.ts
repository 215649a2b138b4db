/** `letitcrash prune [folder]`: removes old runs, or first says which, if asked to. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { formatBytes, plural } from '../../../reports/format.ts';
import { parseDurationMs } from '../../plan/scenario/units.ts';
import { ExitCode } from '../library/exit-codes.ts';
import { type PrunedRun, pruneRuns } from '../library/prune-runs.ts';
import { RUNS_FOLDER, writeRunIndex } from '../library/run-index.ts';
import { consoleOf } from './console.ts';
import { wholeNumber } from './option-values.ts';

interface Options {
  readonly keep: number;
  readonly olderThan: number;
  readonly dryRun?: boolean;
}

const DEFAULT_KEEP = 20;
const MAX_KEEP = 1_000_000;
const DAY_MS = 86_400_000;

const HELP = `
Removes only folders that letitcrash named by their time and filled itself. A folder is kept if somebody named it (--out runs/baseline), if it
has a file that letitcrash did not write or a file called keep, or if its run is still going or was killed and is not healed yet. Figures in a
history are not touched.

Examples:
  letitcrash prune --dry-run
  letitcrash prune --keep 50 --older-than 14d
  touch runs/20261124-120000-quickstart-reference/keep          keeps this run`;

export function pruneCommand(): Command {
  return new Command('prune')
    .description('remove old runs')
    .argument('[folder]', 'the folder of runs', RUNS_FOLDER)
    .option('--keep <n>', 'number of newest runs to keep', wholeNumber(0, MAX_KEEP), DEFAULT_KEEP)
    .option('--older-than <time>', 'keep runs that are younger, like 14d or 12h (default: no age limit)', age, 0)
    .option('--dry-run', 'show which would be removed, and touch nothing')
    .addHelpText('after', HELP)
    .action(async (given: string, { keep, olderThan, dryRun = false }: Options, command: Command) => {
      const console = consoleOf(command);
      const runs = resolve(given);
      if ((await stat(runs).catch(() => null))?.isDirectory() !== true) {
        console.complain(`${given}: there is no such folder\n  give the folder that runs were written to`);
        process.exitCode = ExitCode.usage;
        return;
      }
      const pruned = await pruneRuns({ runs, keep, olderThanMs: olderThan, nowMs: Date.now(), dryRun });
      for (const run of pruned)
        if (run.outcome !== 'stays' || run.why !== `one of the newest ${keep}`) console.print(lineOf(run));
      console.print(sumOf(pruned, dryRun));
      console.document({ schema: 'letitcrash.prune/1', folder: runs, dryRun, runs: pruned });
      if (pruned.some(({ outcome }) => outcome === 'gone')) await writeRunIndex(runs);
    });
}

function lineOf({ folder, outcome, why, bytes }: PrunedRun): string {
  const what = { gone: 'removed', 'would-go': 'would go', stays: 'stays' }[outcome];
  return `${what.padEnd(10)}${folder}${outcome === 'stays' ? `: ${why}` : `, ${formatBytes(bytes)}`}`;
}

function sumOf(pruned: readonly PrunedRun[], dryRun: boolean): string {
  const going = pruned.filter(({ outcome }) => outcome !== 'stays');
  const bytes = going.reduce((sum, run) => sum + run.bytes, 0);
  const size = going.length === 0 ? '' : `, ${formatBytes(bytes)}`;
  const verb = dryRun ? 'would go' : going.length === 1 ? 'was removed' : 'were removed';
  return `${plural(going.length, 'folder')} ${verb}${size}; ${plural(pruned.length - going.length, 'folder')} stay${pruned.length - going.length === 1 ? 's' : ''}`;
}

function age(text: string): number {
  const days = /^(\d+(?:\.\d+)?)d$/.exec(text)?.[1];
  if (days !== undefined) return Number(days) * DAY_MS;
  const parsed = parseDurationMs(text);
  if (!parsed.ok) throw new InvalidArgumentError(`It ${parsed.message}, or 14d.`);
  return parsed.value;
}

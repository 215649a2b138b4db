/** `letitcrash history add|show`: keeps results in a folder, and shows how figures developed and where they changed. */
import { Command } from 'commander';
import { trendText } from '../../../reports/trend-text.ts';
import { metrics } from '../../evidence/metrics/metrics.ts';
import type { HistoryEntry } from '../../evidence/result/history.ts';
import { suggestion } from '../../plan/scenario/did-you-mean.ts';
import { quoted } from '../../plan/scenario/problem.ts';
import { readRun } from '../../run/folder/finished-run.ts';
import { historyEntry } from '../../studies/history/entry.ts';
import { addToHistory, type ReadHistory, readHistory } from '../../studies/history/history-file.ts';
import { historyOf } from '../../studies/history/trend.ts';
import { type Console, consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';

const FOLDER = 'history';
const MAX_LABEL_CHARS = 200;

const ADD_HELP = `
A run that is in the history already is passed over. A run that is invalid, unknown or profiled is refused: its figures
are not the server's.

Examples:
  letitcrash history add runs/20261124-120000-steady-reference --label "$(git rev-parse --short HEAD)"
  letitcrash history add runs/* --folder ci/history`;

const SHOW_HELP = `
Runs of the same setup on the same kind of machine make one series; those of another machine are another. A change is shown where at
least five runs on each side tell it from chance (E-divisive, 1%).

Examples:
  letitcrash history show
  letitcrash history show --metric response.p99 --metric errors --scenario steady
  letitcrash history show --json | jq '.series[].metrics[] | select(.changes != []) | .name'`;

export function historyCommand(): Command {
  const history = new Command('history')
    .description('keep results in a folder, and see where they changed for good')
    .addHelpText('after', '\nExample:\n  letitcrash history add runs/* && letitcrash history show');
  history.addCommand(addCommand());
  history.addCommand(showCommand());
  return history;
}

function addCommand(): Command {
  return new Command('add')
    .description('keep the figures of finished runs')
    .argument('<run...>', 'run folders')
    .option('--folder <dir>', 'where history is kept', FOLDER)
    .option('--label <text>', 'what these runs are of: a commit, a release')
    .addHelpText('after', ADD_HELP)
    .action(async (given: readonly string[], { folder, label }: { folder: string; label?: string }, command: Command) => {
      const console = consoleOf(command);
      process.exitCode = await add(given, folder, label ?? null, console);
    });
}

async function add(given: readonly string[], folder: string, label: string | null, console: Console): Promise<ExitCode> {
  if (label !== null && (label.length > MAX_LABEL_CHARS || /\p{Cc}/u.test(label))) {
    console.complain(`--label: ${quoted(label)} is no short line\n  one line of at most ${MAX_LABEL_CHARS} characters`);
    return ExitCode.usage;
  }
  const runs = await Promise.all(given.map(async (path) => ({ path, read: await readRun(path) })));
  const wrong = runs.flatMap(({ read }) => (typeof read === 'string' ? [read] : []));
  if (wrong.length > 0) {
    for (const text of wrong) console.complain(text);
    return ExitCode.usage;
  }
  const entries: HistoryEntry[] = [];
  const refused: { readonly run: string; readonly why: string }[] = [];
  for (const { path, read } of runs) {
    const entry = typeof read === 'string' ? read : historyEntry(read.result, label);
    if (typeof entry === 'string') refused.push({ run: path, why: entry });
    else entries.push(entry);
  }
  const added = await addToHistory(folder, entries);
  for (const { run, why } of refused)
    console.complain(
      `${run}: ${why}\n  play it again; only runs that passed or failed, and that no profiler looked into, are kept`,
    );
  console.print(`${added.length} added to ${folder}, ${entries.length - added.length} were in it already`);
  console.document({ schema: 'letitcrash.history-added/1', folder, added: added.map(({ run }) => run), refused });
  return refused.length > 0 ? ExitCode.invalid : ExitCode.pass;
}

interface ShowOptions {
  readonly folder: string;
  readonly scenario?: string;
  readonly metric?: readonly string[];
}

function showCommand(): Command {
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  return new Command('show')
    .description('show how figures went, and where they changed')
    .option('--folder <dir>', 'where history is kept', FOLDER)
    .option('--scenario <name>', 'only runs of this scenario')
    .option(
      '--metric <name>',
      'what to show (repeatable; default: latencies, rates, memory, processor time and recovery, as far as the runs have them)',
      collect,
    )
    .addHelpText('after', SHOW_HELP)
    .action(async ({ folder, scenario, metric }: ShowOptions, command: Command) => {
      const console = consoleOf(command);
      const unknown = (metric ?? []).filter((name) => !metrics.has(name));
      for (const name of unknown)
        console.complain(`--metric ${name}: there is no such metric\n  ${suggestion(name, [...metrics.keys()], 'metrics')}`);
      const kept = unknown.length > 0 ? null : await read(folder, console);
      if (kept === null) {
        process.exitCode = ExitCode.usage;
        return;
      }
      const entries = kept.entries.filter(({ setup }) => scenario === undefined || setup.scenario === scenario);
      if (entries.length === 0) {
        const names = [...new Set(kept.entries.map(({ setup }) => setup.scenario))];
        console.complain(`--scenario ${scenario}: ${folder} has no run of it\n  there are runs of ${names.join(', ')}`);
        process.exitCode = ExitCode.usage;
        return;
      }
      const history = historyOf(entries, metric);
      console.printReport(trendText(history, { colour: console.colour }));
      console.document(history);
    });
}

/** Null, after saying so, if there is nothing to show. */
async function read(folder: string, console: Console): Promise<ReadHistory | null> {
  const kept = await readHistory(folder);
  if (kept.unreadable.length > 0)
    console.complain(`${folder}: lines ${kept.unreadable.join(', ')} are no entries of this version and were passed over`);
  if (kept.entries.length > 0) return kept;
  console.complain(`${folder}: there is no history\n  letitcrash history add runs/<run> --folder ${folder}`);
  return null;
}

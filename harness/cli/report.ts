/** `letitcrash report <run>...`: the reports of finished runs and comparisons, and of a history, built again from their documents. */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { comparisonTerminal } from '../../reports/comparison-terminal.ts';
import { type TerminalOptions, terminalSummary } from '../../reports/terminal.ts';
import { trendText } from '../../reports/trend-text.ts';
import { COMPARISON_FILE, readComparison } from '../compare/finished-comparison.ts';
import { HISTORY_FILE, readHistory } from '../history/history-file.ts';
import { historyOf } from '../history/trend.ts';
import { writeComparisonReports } from '../library/comparison-files.ts';
import { writeHistoryReports } from '../library/history-files.ts';
import { writeReports } from '../library/report-files.ts';
import { fileIn } from '../run/finished-document.ts';
import { readRun } from '../run/finished-run.ts';
import { consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';

const HELP = `
A run folder gets report.html, summary.md and junit.xml, and chaos.html when it repeated faults; a comparison's folder the same without
chaos.html; a history's folder gets trend.html and history.json.

Examples:
  letitcrash report runs/20261124-120000-quickstart-reference
  letitcrash report runs/20261124-130000-compare-reference --out site
  letitcrash report history`;

/** A folder whose document could be read. */
interface Finished {
  readonly kind: 'run' | 'comparison' | 'history';
  readonly folder: string;
  readonly verdict: string | null;
  /** Builds the reports in a folder and returns the path of the page. */
  readonly write: (folder: string) => Promise<string>;
  /** The summary for a terminal. */
  readonly say: (options: TerminalOptions) => string;
}

export function reportCommand(): Command {
  return new Command('report')
    .description('build the reports of finished runs, comparisons and histories again')
    .argument('<run...>', 'folders of runs, of comparisons, or a history')
    .addHelpText('after', HELP)
    .action(async (given: readonly string[], _options: unknown, command: Command) => {
      const console = consoleOf(command);
      const { out } = console.options;
      const read = await Promise.all(given.map(readFinished));
      const wrong = read.filter((finished) => typeof finished === 'string');
      if (wrong.length > 0) {
        for (const text of wrong) console.complain(text);
        process.exitCode = ExitCode.usage;
        return;
      }
      const all = read.filter((finished) => typeof finished !== 'string');
      const reports: { run: string; kind: string; verdict: string | null; report: string }[] = [];
      for (const { kind, folder, verdict, write, say } of all) {
        // Several must not overwrite each other's reports in one folder.
        const target = out === null ? folder : all.length === 1 ? out : join(out, basename(folder));
        await mkdir(target, { recursive: true });
        const report = await write(target);
        reports.push({ run: folder, kind, verdict, report });
        console.print(say({ colour: console.colour, width: console.width, reportPath: report }));
      }
      console.document({ schema: 'letitcrash.reports/1', reports });
    });
}

/** What a folder holds; what is wrong with it, in words. A folder of none of these is read as a run, which says what is missing. */
async function readFinished(given: string): Promise<Finished | string> {
  switch (await fileIn(given, [COMPARISON_FILE, 'result.json', HISTORY_FILE])) {
    case COMPARISON_FILE:
      return finishedComparison(given);
    case HISTORY_FILE:
      return finishedHistory(given);
    default:
      return finishedRun(given);
  }
}

async function finishedRun(given: string): Promise<Finished | string> {
  const read = await readRun(given);
  if (typeof read === 'string') return read;
  const { folder, result } = read;
  return {
    kind: 'run',
    folder,
    verdict: result.verdict,
    write: (target) => writeReports(result, target),
    say: (options) => terminalSummary(result, options),
  };
}

async function finishedComparison(given: string): Promise<Finished | string> {
  const read = await readComparison(given);
  if (typeof read === 'string') return read;
  const { folder, document } = read;
  return {
    kind: 'comparison',
    folder,
    verdict: document.verdict,
    write: (target) => writeComparisonReports(document, target),
    say: (options) => comparisonTerminal(document, options),
  };
}

async function finishedHistory(given: string): Promise<Finished | string> {
  const path = resolve(given);
  const folder = basename(path) === HISTORY_FILE ? dirname(path) : path;
  const { entries, unreadable } = await readHistory(folder);
  if (entries.length === 0)
    return `${given}: none of its ${unreadable.length} lines is an entry of this version\n  letitcrash history add runs/<run> --folder ${given}`;
  const history = historyOf(entries);
  return {
    kind: 'history',
    folder,
    verdict: null,
    write: (target) => writeHistoryReports(history, target),
    say: ({ colour, reportPath }) => `${trendText(history, { colour })}\n\n  ${reportPath}`,
  };
}

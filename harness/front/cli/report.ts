/**
 * `letitcrash report <run>...`: rebuilds the reports of finished work (runs, comparisons, explorations, replays, histories) from its
 * documents.
 */
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { verdictOf } from '../library/finished.ts';
import { summaryOf } from '../library/finished-reports.ts';
import { allFinished, reportOf } from '../library/report.ts';
import { consoleOf } from './console.ts';

const HELP = `
A run folder gets report.html, summary.md and junit.xml, and chaos.html if it repeated faults. The folder of a comparison gets the same without
chaos.html; a diff, an exploration or a replay gets report.html and summary.md; a history gets trend.html and history.json.

Examples:
  letitcrash report runs/20261124-120000-quickstart-reference
  letitcrash report runs/20261124-130000-compare-reference --out site
  letitcrash report history`;

export function reportCommand(): Command {
  return new Command('report')
    .description('rebuild the reports of finished runs, comparisons, explorations, replays and histories')
    .argument('<run...>', 'folders of runs, comparisons, explorations or replays, or a history')
    .addHelpText('after', HELP)
    .action(async (given: readonly string[], _options: unknown, command: Command) => {
      const console = consoleOf(command);
      const { out } = console.options;
      const all = await allFinished(given);
      const reports: { run: string; kind: string; verdict: string | null; report: string }[] = [];
      for (const finished of all) {
        const { folder, document } = finished;
        // The reports of several must not overwrite each other in one folder.
        const target = out === undefined || all.length === 1 ? out : join(out, basename(folder));
        const { reportPath } = await reportOf(finished, target);
        reports.push({ run: folder, kind: document.kind, verdict: verdictOf(document), report: reportPath });
        console.printReport(summaryOf(document, { colour: console.colour, width: console.width, reportPath }));
      }
      console.document({ schema: 'letitcrash.reports/1', reports });
    });
}

/** `letitcrash report <run>...`: the reports of finished runs, built again from their result.json. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { writeReports } from '../../library/report-files.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { readRun } from '../run/finished-run.ts';
import { consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description('build the reports of finished runs from their result.json')
    .argument('<run...>', 'run folders')
    .addHelpText('after', '\nExample:\n  letitcrash report runs/20261124-120000-quickstart-reference')
    .action(async (given: readonly string[], _options: unknown, command: Command) => {
      const console = consoleOf(command);
      const { out } = console.options;
      const read = await Promise.all(given.map(readRun));
      const wrong = read.filter((run) => typeof run === 'string');
      if (wrong.length > 0) {
        for (const text of wrong) console.complain(text);
        process.exitCode = ExitCode.usage;
        return;
      }
      const runs = read.filter((run) => typeof run !== 'string');
      const reports: { run: string; verdict: string; report: string }[] = [];
      for (const { folder, result } of runs) {
        // Several runs must not overwrite each other's reports in one folder.
        const target = out === null ? folder : runs.length === 1 ? out : join(out, basename(folder));
        await mkdir(target, { recursive: true });
        const report = await writeReports(result, target);
        reports.push({ run: folder, verdict: result.verdict, report });
        console.print(terminalSummary(result, { colour: console.colour, width: console.width, reportPath: report }));
      }
      console.document({ schema: 'letitcrash.reports/1', reports });
    });
}

/** `letitcrash report <run>...`: the reports of finished runs, built again from their result.json. */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { terminalSummary } from '../../reports/terminal.ts';
import { type Result, resultSchema } from '../result/result.ts';
import { consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { writeReports } from './report-files.ts';

/** A run folder is small text; a file of this size is something else. */
const MAX_RESULT_BYTES = 64 * 1024 * 1024;

interface FinishedRun {
  readonly folder: string;
  readonly result: Result;
}

/** Reads a run folder, or a result.json itself; returns what is wrong in words. */
async function readRun(given: string): Promise<FinishedRun | string> {
  let file = resolve(given);
  try {
    if ((await stat(file)).isDirectory()) file = join(file, 'result.json');
    const { size } = await stat(file);
    if (size > MAX_RESULT_BYTES) return `${given}: has ${size} bytes\n  a result.json has at most ${MAX_RESULT_BYTES}`;
    const parsed = resultSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.success) return { folder: dirname(file), result: parsed.data };
    const [issue] = parsed.error.issues;
    return `${given}: is not a result of this version: ${issue?.path.join('.')}: ${issue?.message}\n  give a folder that letitcrash run wrote`;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no result.json' : error instanceof Error ? error.message : String(error);
    return `${given}: ${why}\n  give a run folder, like runs/<time>-<scenario>-<target>`;
  }
}

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

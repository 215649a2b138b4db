/** Output of another load generator as a run folder with reports. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImportGiven, type ImportTool, importOutputFile } from '../import/import-output.ts';
import { defaultRunPath, writeWhole } from '../run/run-folder.ts';
import type { RunOutcome } from './play-plan.ts';
import { writeReports } from './report-files.ts';
import { ScenarioError } from './scenario-error.ts';

export interface ImportOptions extends ImportGiven {
  /** The run folder; without it runs/<time>-<name>-<tool> in the working directory. */
  readonly outDir?: string;
}

/**
 * Makes a run folder of what k6 (the summary: of handleSummary or --summary-export) or autocannon (--json) wrote: result.json, the
 * reports, and the file itself. The result names what the tool cannot say.
 * @throws ScenarioError when the file is no such output.
 */
export async function importOutput(tool: ImportTool, file: string, options: ImportOptions = {}): Promise<RunOutcome> {
  const result = await importOutputFile(tool, file, options);
  if (typeof result === 'string') throw new ScenarioError(result);
  const runDir = options.outDir ?? defaultRunPath(new Date(result.startedAt), result.scenario.name, tool);
  await mkdir(runDir, { recursive: true });
  await copyFile(file, join(runDir, `${tool}.json`));
  await writeWhole(join(runDir, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  return { result, runDir, reportPath: await writeReports(result, runDir) };
}

/** The reports of a finished run. */
import { mkdir } from 'node:fs/promises';
import type { Result } from '../result/result.ts';
import { readRun } from '../run/finished-run.ts';
import { writeReports } from './report-files.ts';
import { ScenarioError } from './scenario-error.ts';

export interface ReportOutcome {
  readonly result: Result;
  /** The HTML report; summary.md and junit.xml are beside it. */
  readonly reportPath: string;
}

/**
 * Builds the reports of a run folder (or of its result.json) again: report.html, summary.md and junit.xml.
 * @param outDir where to; the run folder without it.
 * @throws ScenarioError when there is no result of this version.
 */
export async function report(runDir: string, { outDir }: { readonly outDir?: string } = {}): Promise<ReportOutcome> {
  const read = await readRun(runDir);
  if (typeof read === 'string') throw new ScenarioError(read);
  const folder = outDir ?? read.folder;
  await mkdir(folder, { recursive: true });
  return { result: read.result, reportPath: await writeReports(read.result, folder) };
}

/** Rebuilds the reports of finished work: a run, a comparison, an exploration, a replay or a history. */

import { makeFolder } from '../../run/tools/make-folder.ts';
import { type Finished, type FinishedDocument, readFinished } from './finished.ts';
import { writeReportsOf } from './finished-reports.ts';
import { ScenarioError } from './scenario-error.ts';

/**
 * What was read: its `kind` is `run`, `comparison`, `diff`, `exploration`, `replay` or `history`, and the document is in `result` or in the
 * field with that name.
 */
export type ReportOutcome = FinishedDocument & {
  /** The HTML page; the other reports are beside it. */
  readonly reportPath: string;
};

/**
 * Rebuilds the reports from the document of a folder, or from the document itself. This is what `letitcrash report` does. A run gets
 * report.html, summary.md, junit.xml and, if faults were repeated, chaos.html; a comparison gets the first three; a diff, an exploration
 * and a replay get the first two; a history gets trend.html and history.json.
 * @param outDir where to write; the folder itself by default.
 * @throws ScenarioError if there is no document of this version.
 */
export async function report(
  finished: string,
  { outDir }: { readonly outDir?: string | undefined } = {},
): Promise<ReportOutcome> {
  const [read] = await allFinished([finished]);
  return reportOf(read as Finished, outDir);
}

/** What was finished in these folders. @throws ScenarioError for those in which nothing was. */
export async function allFinished(given: readonly string[]): Promise<readonly Finished[]> {
  const read = await Promise.all(given.map(readFinished));
  const wrong = read.filter((finished) => typeof finished === 'string');
  if (wrong.length > 0) throw new ScenarioError(wrong);
  return read.filter((finished) => typeof finished !== 'string');
}

/** The same of what is read already. */
export async function reportOf({ folder, document }: Finished, outDir = folder): Promise<ReportOutcome> {
  makeFolder(outDir);
  return { ...document, reportPath: await writeReportsOf(document, outDir) };
}

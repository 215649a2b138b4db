/** Rebuilds the reports of finished work: a run, a comparison, an exploration, a replay or a history. */

import { makeFolder } from '../../run/tools/make-folder.ts';
import { type FinishedDocument, readFinished } from './finished.ts';
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
export async function report(finished: string, { outDir }: { readonly outDir?: string } = {}): Promise<ReportOutcome> {
  const read = await readFinished(finished);
  if (typeof read === 'string') throw new ScenarioError(read);
  const folder = outDir ?? read.folder;
  makeFolder(folder);
  return { ...read.document, reportPath: await writeReportsOf(read.document, folder) };
}

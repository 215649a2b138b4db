/** The reports of what is finished: a run, a comparison, an exploration, a replay or a history. */

import { makeFolder } from '../../run/tools/make-folder.ts';
import { type FinishedDocument, readFinished } from './finished.ts';
import { writeReportsOf } from './finished-reports.ts';
import { ScenarioError } from './scenario-error.ts';

/** By its `kind`, `run`, `comparison`, `diff`, `exploration`, `replay` or `history`, what was read: `result`, or a field of that name. */
export type ReportOutcome = FinishedDocument & {
  /** The HTML page; what else was built is beside it. */
  readonly reportPath: string;
};

/**
 * Builds the reports again from the document of a folder, or from the document itself: what `letitcrash report` does. A run's folder gets
 * report.html, summary.md, junit.xml and, where faults were repeated, chaos.html; a comparison's the first three; two runs' side by
 * side, an exploration's and a replay's the first two; a history's trend.html and history.json.
 * @param outDir where to; the folder itself without it.
 * @throws ScenarioError when there is no document of this version.
 */
export async function report(finished: string, { outDir }: { readonly outDir?: string } = {}): Promise<ReportOutcome> {
  const read = await readFinished(finished);
  if (typeof read === 'string') throw new ScenarioError(read);
  const folder = outDir ?? read.folder;
  makeFolder(folder);
  return { ...read.document, reportPath: await writeReportsOf(read.document, folder) };
}

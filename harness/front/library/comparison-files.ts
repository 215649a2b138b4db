/** The files that the report builders make of a Comparison, written into its folder beside comparison.json. */
import { join } from 'node:path';
import { comparisonJunit } from '../../../reports/comparison-junit.ts';
import { comparisonMarkdown } from '../../../reports/comparison-markdown.ts';
import { comparisonReport } from '../../../reports/html/comparison.ts';
import type { Comparison } from '../../evidence/result/comparison.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';
import { refreshIndexOf } from './run-index.ts';

/** Writes report.html, summary.md and junit.xml; returns the path of the HTML report. */
export async function writeComparisonReports(comparison: Comparison, folder: string): Promise<string> {
  const html = join(folder, 'report.html');
  await Promise.all([
    writeWhole(html, comparisonReport(comparison)),
    writeWhole(join(folder, 'summary.md'), comparisonMarkdown(comparison)),
    writeWhole(join(folder, 'junit.xml'), comparisonJunit(comparison)),
  ]);
  await refreshIndexOf(folder);
  return html;
}

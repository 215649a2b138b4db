/** The files that the report builders make of a Result, written into its run folder. */
import { join } from 'node:path';
import { htmlReport } from '../../reports/html/report.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import type { Result } from '../result/result.ts';
import { writeWhole } from '../run/run-folder.ts';

/** Writes report.html, summary.md and junit.xml; returns the path of the HTML report. */
export async function writeReports(result: Result, folder: string): Promise<string> {
  const html = join(folder, 'report.html');
  await Promise.all([
    writeWhole(html, htmlReport(result)),
    writeWhole(join(folder, 'summary.md'), markdownSummary(result)),
    writeWhole(join(folder, 'junit.xml'), junitXml(result)),
  ]);
  return html;
}

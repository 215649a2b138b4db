/** The files that the report builders make of a Result, written into its run folder. */
import { join } from 'node:path';
import type { Result } from '../harness/result/result.ts';
import { writeWhole } from '../harness/run/run-folder.ts';
import { htmlReport } from '../reports/html/report.ts';
import { junitXml } from '../reports/junit.ts';
import { markdownSummary } from '../reports/markdown.ts';

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

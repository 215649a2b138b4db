/** The files of two runs side by side: diff.json, and what the report builders make of it. */
import { join } from 'node:path';
import { diffMarkdown } from '../../../reports/diff-markdown.ts';
import { diffReport } from '../../../reports/html/diff.ts';
import type { Diff } from '../../evidence/result/diff.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';

/** Writes report.html and summary.md; returns the path of the HTML report. */
export async function writeDiffReports(diff: Diff, folder: string): Promise<string> {
  const html = join(folder, 'report.html');
  await Promise.all([writeWhole(html, diffReport(diff)), writeWhole(join(folder, 'summary.md'), diffMarkdown(diff))]);
  return html;
}

/** The files that are made of a History, written into a folder: the document itself, and the trend page. */

import { join } from 'node:path';
import { trendReport } from '../../../reports/html/trend.ts';
import type { History } from '../../evidence/result/history.ts';
import { documentText } from '../../evidence/result/printable.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';
import { refreshIndexOf } from './run-index.ts';

/** Writes history.json and trend.html; returns the path of the page. */
export async function writeHistoryReports(history: History, folder: string): Promise<string> {
  const html = join(folder, 'trend.html');
  await Promise.all([
    writeWhole(html, trendReport(history)),
    writeWhole(join(folder, 'history.json'), `${documentText(history)}\n`),
  ]);
  await refreshIndexOf(folder);
  return html;
}

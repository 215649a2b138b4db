/** The files that the report builders make of an exploration or a replay, written into its folder beside its document. */
import { join } from 'node:path';
import { explorationMarkdown, replayMarkdown } from '../../../reports/exploration-markdown.ts';
import { explorationReport } from '../../../reports/html/exploration.ts';
import { replayReport } from '../../../reports/html/replay.ts';
import type { ExplorationResult, ReplayResult } from '../../evidence/result/exploration.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';
import { refreshIndexOf } from './run-index.ts';

/** Writes report.html and summary.md; returns the path of the page. */
export function writeExplorationReports(exploration: ExplorationResult, folder: string): Promise<string> {
  return writePages(folder, explorationReport(exploration), explorationMarkdown(exploration));
}

/** Writes report.html and summary.md; returns the path of the page. */
export function writeReplayReports(replay: ReplayResult, folder: string): Promise<string> {
  return writePages(folder, replayReport(replay), replayMarkdown(replay));
}

async function writePages(folder: string, page: string, summary: string): Promise<string> {
  const html = join(folder, 'report.html');
  await Promise.all([writeWhole(html, page), writeWhole(join(folder, 'summary.md'), summary)]);
  await refreshIndexOf(folder);
  return html;
}

/** The reports of a finished document, whichever command left it: its files, and its summary for a terminal. */
import { comparisonTerminal } from '../../../reports/comparison-terminal.ts';
import { diffTerminal } from '../../../reports/diff-terminal.ts';
import { explorationWords, type OutcomeWords, replayWords } from '../../../reports/exploration-words.ts';
import { type TerminalOptions, terminalSummary } from '../../../reports/terminal.ts';
import { trendText } from '../../../reports/trend-text.ts';
import { printable } from '../../evidence/result/printable.ts';
import { writeComparisonReports } from './comparison-files.ts';
import { writeDiffReports } from './diff-files.ts';
import { writeExplorationReports, writeReplayReports } from './exploration-files.ts';
import type { FinishedDocument } from './finished.ts';
import { writeHistoryReports } from './history-files.ts';
import { writeReports } from './report-files.ts';

/** Builds the reports in a folder, which exists; returns the path of the page. */
export async function writeReportsOf(document: FinishedDocument, folder: string): Promise<string> {
  switch (document.kind) {
    case 'run':
      return writeReports(document.result, folder, document.profile);
    case 'comparison':
      return writeComparisonReports(document.comparison, folder);
    case 'diff':
      return writeDiffReports(document.diff, folder);
    case 'exploration':
      return writeExplorationReports(document.exploration, folder);
    case 'replay':
      return writeReplayReports(document.replay, folder);
    case 'history':
      return writeHistoryReports(document.history, folder);
  }
}

/** The summary for a terminal. */
export function summaryOf(document: FinishedDocument, options: TerminalOptions): string {
  switch (document.kind) {
    case 'run':
      return terminalSummary(document.result, options);
    case 'comparison':
      return comparisonTerminal(document.comparison, options);
    case 'diff':
      return diffTerminal(document.diff, options);
    case 'exploration':
      return inBrief(explorationWords(document.exploration), options);
    case 'replay':
      return inBrief(replayWords(document.replay), options);
    case 'history':
      return `${trendText(document.history, { colour: options.colour })}\n\n  ${options.reportPath}`;
  }
}

function inBrief({ word, sentence }: OutcomeWords, { reportPath }: TerminalOptions): string {
  return printable(`  ${word}: ${sentence}\n\n  ${reportPath}`);
}

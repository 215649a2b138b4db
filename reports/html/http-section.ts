/** The HTTP load: what was asked, what came back, and what the messages had of it. */
import type { Result } from '../../harness/evidence/result/result.ts';
import { sentenceCase } from '../format.ts';
import {
  httpAnswersText,
  httpCaveat,
  httpLatencyRows,
  httpLoadText,
  httpRateText,
  LATENCY_COLUMNS,
  latencyCells,
} from '../http-words.ts';
import { type Markup, markup } from '../markup.ts';
import { numeric, table, text } from './table.ts';

/** Null for a run without one. */
export function httpSection({ http }: Result): Markup | null {
  if (http === null) return null;
  return markup`<section aria-labelledby="http"><h2 id="http">HTTP</h2><p>${sentenceCase(httpLoadText(http))}. ${sentenceCase(httpRateText(http))}: ${httpAnswersText(http)}.</p>${table(
    {
      caption: httpCaveat(http) || 'Latency of the requests',
      columns: [text('Latency'), ...LATENCY_COLUMNS.map(numeric)],
      rows: httpLatencyRows(http).map(([name, summary, resolutionUs]) => [name, ...latencyCells(summary, resolutionUs)]),
      omitted: 0,
    },
  )}</section>`;
}

/** An HTTP load in words and rows, the same for every report. Plain text, not escaped. */
import { outsideText } from '../harness/evidence/result/printable.ts';
import type { HttpMeasured, LatencySummary, ToldLatency } from '../harness/evidence/result/result.ts';
import { formatCount, formatRate, plural } from './format.ts';
import { percentileText } from './latency-words.ts';

const CLOSED_LOOP =
  'Closed loop: a connection sends its next request after it has an answer, so a slow server gets fewer requests.';

/** What a reader must know before reading any of its latencies; empty if there is nothing to know. */
export function httpCaveat({ loop, resolutionUs }: Pick<HttpMeasured, 'loop' | 'resolutionUs'>): string {
  return [
    ...(loop === 'closed' ? [CLOSED_LOOP] : []),
    ...(resolutionUs < US_PER_MS ? [] : ['Latencies are whole milliseconds.']),
  ].join(' ');
}

const US_PER_MS = 1_000;
const STATUS = /^\d{3}$/;
const STATUSES_NAMED = 6;

/** Only what is known of it. */
export function httpLoadText({ connections, pipelining, workers, ratePerSecond, loop }: HttpMeasured): string {
  const piped = pipelining === null || pipelining === 1 ? '' : ` of ${pipelining} requests at once`;
  // Without a rate a closed loop asks as fast as it is answered; of another nobody knows.
  const rate =
    ratePerSecond !== null
      ? [`at most ${formatRate(ratePerSecond)}, in a burst each second`]
      : loop === 'closed'
        ? ['as fast as answers came']
        : [];
  return [
    `${plural(connections, 'connection')}${piped}`,
    ...(workers === null ? [] : [plural(workers, 'generator')]),
    ...rate,
  ].join(', ');
}

/** How many were good, and by which rule: `990 of 1,000 HTTP answers were of status 2xx`. */
export function httpGoodText({ ok, okMeans, sent, answered }: HttpMeasured): string {
  const of = answered === null ? plural(sent, 'HTTP request') : plural(answered, 'HTTP answer');
  if (ok === null) return `${of}, and it is unknown how many were answered well`;
  return `${formatCount(ok)} of ${of} were ${answered === null ? 'answered and ' : ''}${outsideText(okMeans)}`;
}

/** Counts: answers by status, and what went without one or was another than expected. */
export function httpAnswersText(http: HttpMeasured): string {
  const { sent, answered, ok, errors, timeouts, unanswered, mismatches, resets } = http;
  const known = Object.entries(http.statuses ?? {}).filter(([status]) => STATUS.test(status));
  const byStatus = known.slice(0, STATUSES_NAMED).map(([status, count]) => `${formatCount(count)} × ${status}`);
  if (known.length > byStatus.length) byStatus.push(`${plural(known.length - byStatus.length, 'more status', 'more statuses')}`);
  const said = (count: number | null, text: string): string[] => (count === null || count === 0 ? [] : [text]);
  const among = timeouts === null ? '' : `, ${plural(timeouts, 'timeout')} among them`;
  return [
    `${answered === null ? plural(sent, 'request') : plural(answered, 'answer')}${byStatus.length === 0 ? '' : `: ${byStatus.join(', ')}`}`,
    ...(answered === null
      ? [ok === null ? 'how many were answered well is unknown' : `${formatCount(ok)} ${outsideText(http.okMeans)}`]
      : []),
    ...said(mismatches, `${plural(mismatches, 'answer')} with an unexpected body`),
    ...said(errors, `${plural(errors, 'error')}${among}`),
    ...said(resets, `the sequence of requests restarted ${plural(resets, 'time')}`),
    ...said(unanswered, `${formatCount(unanswered)} never answered`),
  ].join('; ');
}

/** The rate that is known: of answers, or of requests. */
export function httpRateText({ answeredPerSecond, sent, fromMs, toMs }: HttpMeasured): string {
  if (answeredPerSecond !== null) return formatRate(answeredPerSecond);
  const perSecond = sent === null || toMs === null ? Number.NaN : (sent * 1000) / (toMs - fromMs);
  return Number.isFinite(perSecond) && perSecond >= 0 ? `${formatRate(perSecond)} of requests` : 'rate unknown';
}

/** Name, count, p50, p95, p99, p99.9, max; p95 only where it was measured. */
export type LatencyRow = readonly [
  name: string,
  summary: HttpMeasured['latency'] | ToldLatency | LatencySummary,
  resolutionUs: number,
];

export function httpLatencyRows({ latency, messages, resolutionUs }: HttpMeasured): readonly LatencyRow[] {
  if (messages === null) return [['HTTP', latency, resolutionUs]];
  return [
    ['HTTP', latency, resolutionUs],
    ['messages with HTTP beside them', messages.beside, OWN_RESOLUTION_US],
    ['messages alone', messages.without, OWN_RESOLUTION_US],
  ];
}

/** Of messages. */
const OWN_RESOLUTION_US = 1;

/** Of one summary, in the order of the columns; a dash for what is not known, and for a zero what it was too short to be read as. */
export function latencyCells(summary: LatencyRow[1], resolutionUs: number = OWN_RESOLUTION_US): readonly string[] {
  if (summary === null) return ['–', '–', '–', '–', '–', '–'];
  const { count, p50Us, p99Us, p999Us, maxUs } = summary;
  const p95Us = 'p95Us' in summary ? summary.p95Us : null;
  const times = [p50Us, p95Us, p99Us, p999Us, maxUs].map((us, at) =>
    // Of requests only the p95 is not known.
    percentileText(at === 1 ? null : summary, us, resolutionUs, '–'),
  );
  return [count === null ? '–' : formatCount(count), ...times];
}

export const LATENCY_COLUMNS: readonly string[] = ['count', 'p50', 'p95', 'p99', 'p99.9', 'max'];

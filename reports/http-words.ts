/** An HTTP load in words and rows, the same for every report. Plain text, not escaped. */
import type { HttpMeasured, LatencySummary } from '../harness/result/result.ts';
import { formatCount, formatRate, formatUs, plural } from './format.ts';

const CLOSED_LOOP = 'Closed loop: a connection asks again when it has its answer, so a slow server is asked less.';

/** What is to be known before any of its latencies is read. */
export function httpCaveat({ resolutionUs }: Pick<HttpMeasured, 'resolutionUs'>): string {
  return resolutionUs < US_PER_MS ? CLOSED_LOOP : `${CLOSED_LOOP} Latencies are whole milliseconds.`;
}

const US_PER_MS = 1_000;
const STATUS = /^\d{3}$/;
const STATUSES_NAMED = 6;

export function httpLoadText({ connections, pipelining, workers, ratePerSecond }: HttpMeasured): string {
  const piped = pipelining === 1 ? '' : ` of ${pipelining} requests at once`;
  const rate =
    ratePerSecond === null ? 'as fast as answers came' : `at most ${formatRate(ratePerSecond)}, in a burst at each second`;
  return `${plural(connections, 'connection')}${piped}, ${plural(workers, 'generator')}, ${rate}`;
}

/** Counts: answers by status, and what went without one. */
export function httpAnswersText({ answered, statuses, errors, timeouts, unanswered }: HttpMeasured): string {
  const known = Object.entries(statuses).filter(([status]) => STATUS.test(status));
  const byStatus = known.slice(0, STATUSES_NAMED).map(([status, count]) => `${formatCount(count)} × ${status}`);
  if (known.length > byStatus.length) byStatus.push(`${plural(known.length - byStatus.length, 'more status', 'more statuses')}`);
  const failed = [
    ...(errors > 0 ? [`${plural(errors, 'error')}, ${plural(timeouts, 'timeout')} among them`] : []),
    ...(unanswered > 0 ? [`${formatCount(unanswered)} never answered`] : []),
  ];
  return [`${plural(answered, 'answer')}${byStatus.length === 0 ? '' : `: ${byStatus.join(', ')}`}`, ...failed].join('; ');
}

/** Name, count, p50, p95, p99, p99.9, max; p95 only where it was measured. */
export type LatencyRow = readonly [name: string, summary: HttpMeasured['latency'] | LatencySummary];

export function httpLatencyRows({ latency, messages }: HttpMeasured): readonly LatencyRow[] {
  if (messages === null) return [['HTTP', latency]];
  return [
    ['HTTP', latency],
    ['messages, HTTP beside them', messages.beside],
    ['messages alone', messages.without],
  ];
}

/** Of one summary, in the order of the columns. */
export function latencyCells(summary: LatencyRow[1]): readonly string[] {
  if (summary === null) return ['0', '–', '–', '–', '–', '–'];
  const { count, p50Us, p99Us, p999Us, maxUs } = summary;
  const p95Us = 'p95Us' in summary ? summary.p95Us : null;
  return [formatCount(count), ...[p50Us, p95Us, p99Us, p999Us, maxUs].map((us) => (us === null ? '–' : formatUs(us)))];
}

export const LATENCY_COLUMNS: readonly string[] = ['count', 'p50', 'p95', 'p99', 'p99.9', 'max'];

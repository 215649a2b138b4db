/** The reports of all HTTP generators as one part of a Result. Pure: percentiles come from the merged histogram, never from percentiles. */

import { MAX_WORKER_CPU } from '../../../evidence/measure/generator-limits.ts';
import { decodeHistogram } from '../../../evidence/measure/latency-merge.ts';
import { summarise } from '../../../evidence/measure/latency-summary.ts';
import type { HttpMeasured, LatencySummary } from '../../../evidence/result/result.ts';
import type { HttpPlan } from '../../../plan/scenario/plan.ts';
import type { GeneratorReport } from './http-job.ts';

const US_PER_MS = 1_000;

/** Resolution of autocannon's latencies: whole milliseconds. */
export const HTTP_RESOLUTION_US = US_PER_MS;

type Counted =
  | 'connections'
  | 'sent'
  | 'answered'
  | 'ok'
  | 'errors'
  | 'timeouts'
  | 'unanswered'
  | 'bytes'
  | 'toMs'
  | 'answeredPerSecond';

/** What our own generators measured: they report everything. */
export type OwnHttp = HttpMeasured & { readonly [Name in Counted]: number } & {
  readonly statuses: Record<string, number>;
  readonly latency: OwnLatency | null;
};

type OwnLatency = LatencySummary & { readonly p95Us: number };

/** `zeroUs`: the run's zero on the monotonic clock. The caller fills in `messages`. @throws RangeError without a report. */
export function httpMeasured(
  plan: HttpPlan,
  origins: readonly string[],
  reports: readonly GeneratorReport[],
  zeroUs: number,
): OwnHttp {
  if (reports.length === 0) throw new RangeError('no HTTP generator reported');
  const sum = (of: (report: GeneratorReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const statuses: Record<string, number> = {};
  for (const report of reports)
    for (const [status, count] of Object.entries(report.statuses)) statuses[status] = (statuses[status] ?? 0) + count;
  const ok = Object.entries(statuses).reduce((total, [status, count]) => total + (status.startsWith('2') ? count : 0), 0);
  const [sent, answered] = [sum((report) => report.sent), sum((report) => report.answered)];
  const fromUs = Math.min(...reports.map((report) => report.fromUs));
  const toUs = Math.max(...reports.map((report) => report.toUs));
  const inFlight = plan.connections * plan.pipelining;
  const seconds = Math.max(...reports.map((report) => report.seconds.length));
  return {
    origins: [...origins],
    connections: plan.connections,
    pipelining: plan.pipelining,
    workers: plan.workers,
    ratePerSecond: plan.ratePerSecond,
    loop: 'closed',
    resolutionUs: HTTP_RESOLUTION_US,
    fromMs: (fromUs - zeroUs) / US_PER_MS,
    toMs: (toUs - zeroUs) / US_PER_MS,
    sent,
    answered,
    ok,
    okMeans: 'of status 2xx',
    statuses,
    errors: sum((report) => report.errors),
    timeouts: sum((report) => report.timeouts),
    // What was in flight when the time was over is neither answered nor failed.
    unanswered: Math.max(0, sent - answered - Math.min(inFlight, sent - answered)),
    mismatches: null,
    resets: null,
    bytes: sum((report) => report.bytes),
    answeredPerSecond: (answered * 1e6) / (toUs - fromUs),
    latency: latencyOf(reports),
    seconds: Array.from({ length: seconds }, (_, second) => [
      sum((report) => report.seconds[second]?.[0] ?? 0),
      sum((report) => report.seconds[second]?.[1] ?? 0),
    ]),
    messages: null,
  };
}

/** What spoilt the measurement on the generators' side, in words. */
export function httpInvalidity(reports: readonly GeneratorReport[]): string[] {
  return reports.flatMap(({ cpu }, worker) =>
    cpu <= MAX_WORKER_CPU
      ? []
      : [
          `HTTP generator ${worker} used ${Math.round(cpu * 100)}% of a core; above ${MAX_WORKER_CPU * 100}% it measures itself: give it a rate, or more workers`,
        ],
  );
}

/** Over all answers, including error statuses; null if there was none. */
function latencyOf(reports: readonly GeneratorReport[]): OwnLatency | null {
  const [first, ...others] = reports.map(({ latenciesMs }) => decodeHistogram(latenciesMs));
  if (first === undefined) return null;
  for (const other of others) first.add(other);
  if (first.totalCount === 0) return null;
  return { ...inUs(summarise(first)), p95Us: first.getValueAtPercentile(95) * US_PER_MS };
}

function inUs(ms: LatencySummary): LatencySummary {
  return {
    count: ms.count,
    minUs: ms.minUs * US_PER_MS,
    p50Us: ms.p50Us * US_PER_MS,
    p90Us: ms.p90Us * US_PER_MS,
    p99Us: ms.p99Us * US_PER_MS,
    p999Us: ms.p999Us * US_PER_MS,
    maxUs: ms.maxUs * US_PER_MS,
    curve: ms.curve.map(([percentile, value]): [number, number] => [percentile, value * US_PER_MS]),
  };
}

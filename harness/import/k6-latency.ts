/** Trends of k6 as latencies: milliseconds become microseconds, and what k6 was not asked for is null. Pure. */
import { wholeLatency } from '../measure/latency-summary.ts';
import type { HttpMeasured, LatencySummary } from '../result/result.ts';
import type { K6Metric } from './k6-summary.ts';

const US_PER_MS = 1_000;
const CURVE: readonly (readonly [percentile: number, stat: string])[] = [
  [0, 'min'],
  [50, 'med'],
  [90, 'p(90)'],
  [95, 'p(95)'],
  [99, 'p(99)'],
  [99.9, 'p(99.9)'],
  [100, 'max'],
];

type HttpLatency = NonNullable<HttpMeasured['latency']>;

/** Null without a sample; `count` is taken where the trend itself has none. */
export function httpLatencyOf(trend: K6Metric | undefined, count: number): HttpLatency | null {
  if (trend === undefined || (trend.values.count ?? count) === 0) return null;
  const us = (stat: string): number | null => {
    const ms = trend.values[stat];
    return ms === undefined ? null : ms * US_PER_MS;
  };
  const [min, med, max] = [us('min'), us('med'), us('max')];
  if (min === null || med === null || max === null) return null;
  return {
    count: trend.values.count ?? count,
    minUs: min,
    p50Us: med,
    p90Us: us('p(90)'),
    p95Us: us('p(95)'),
    p99Us: us('p(99)'),
    p999Us: us('p(99.9)'),
    maxUs: max,
    curve: CURVE.flatMap(([percentile, stat]): [number, number][] => {
      const at = us(stat);
      return at === null ? [] : [[percentile, at]];
    }),
  };
}

/** The same with every percentile; null where one is missing. */
export function latencyOf(trend: K6Metric | undefined, count: number): LatencySummary | null {
  return wholeLatency(httpLatencyOf(trend, count));
}

/** Percentiles that the summary leaves out, as k6 calls them. */
export function missingStats(trend: K6Metric): readonly string[] {
  return CURVE.flatMap(([, stat]) => (trend.values[stat] === undefined ? [stat] : []));
}

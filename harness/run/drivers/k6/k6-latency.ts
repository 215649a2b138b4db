/** Trends of k6 as latencies. Pure. */
import { withoutP95 } from '../../../evidence/measure/latency-summary.ts';
import type { HttpMeasured, ToldLatency } from '../../../evidence/result/result.ts';
import { toldLatency } from '../../tools/told-latency.ts';
import type { K6Metric } from './k6-metric.ts';

const NAMED: ReadonlyMap<string, number> = new Map([
  ['min', 0],
  ['med', 50],
  ['max', 100],
]);
const PERCENTILE = /^p\((\d+(?:\.\d+)?)\)$/;
/** What the reports show of a latency, as k6 calls it. */
const SHOWN: readonly string[] = ['min', 'med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max'];

/** Null without a sample; `count` is used if the trend itself has none. */
export function httpLatencyOf(trend: K6Metric | undefined, count: number | null): HttpMeasured['latency'] {
  return trend === undefined ? null : toldLatency(percentilesOf(trend), trend.values.count ?? count);
}

export function latencyOf(trend: K6Metric | undefined, count: number | null): ToldLatency | null {
  return withoutP95(httpLatencyOf(trend, count));
}

/** Percentiles that the summary leaves out, as k6 calls them. */
export function missingStats(trend: K6Metric): readonly string[] {
  const told = percentilesOf(trend);
  return SHOWN.filter((stat) => !told.has(percentileOf(stat) ?? Number.NaN));
}

function percentilesOf({ values }: K6Metric): ReadonlyMap<number, number> {
  return new Map(
    Object.entries(values).flatMap(([stat, ms]): [number, number][] => {
      const percentile = percentileOf(stat);
      return percentile === null || ms === null ? [] : [[percentile, ms]];
    }),
  );
}

/** `p(99.9)` is 99.9, `med` is 50. */
function percentileOf(stat: string): number | null {
  const named = NAMED.get(stat);
  if (named !== undefined) return named;
  const [, digits] = PERCENTILE.exec(stat) ?? [];
  const percentile = Number(digits);
  return digits === undefined || percentile > 100 ? null : percentile;
}

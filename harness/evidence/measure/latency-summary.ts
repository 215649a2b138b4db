/** A histogram as the Result holds it: percentiles and the percentile curve, in microseconds. */
import type * as hdr from 'hdr-histogram-js';
import type { HttpMeasured, LatencySummary, ToldLatency } from '../result/result.ts';

/**
 * Points of the curve for each halving of the share that lies above: smooth on a logarithmic axis, about 100 points for a million samples.
 */
const POINTS_PER_HALVING = 5;

/** An empty histogram summarises as zeros with count 0. */
export function summarise(histogram: hdr.Histogram): LatencySummary {
  const count = histogram.totalCount;
  const at = (percentile: number): number => (count === 0 ? 0 : histogram.getValueAtPercentile(percentile));
  return {
    count,
    minUs: count === 0 ? 0 : histogram.minNonZeroValue === Number.MAX_SAFE_INTEGER ? 0 : at(0),
    p50Us: at(50),
    p90Us: at(90),
    p99Us: at(99),
    p999Us: at(99.9),
    maxUs: count === 0 ? 0 : histogram.maxValue,
    curve: curveOf(histogram),
  };
}

/** [percentile, microseconds], approaching 100% in steps that halve the rest, as far as the samples allow. */
function curveOf(histogram: hdr.Histogram): [number, number][] {
  const count = histogram.totalCount;
  if (count === 0) return [];
  const points: [number, number][] = [];
  for (let step = 0; ; step += 1) {
    const above = 0.5 ** (step / POINTS_PER_HALVING);
    if (above * count < 1) break;
    const percentile = 100 * (1 - above);
    points.push([percentile, histogram.getValueAtPercentile(percentile)]);
  }
  points.push([100, histogram.maxValue]);
  return points;
}

/** An HTTP latency in the common form. */
export function withoutP95(latency: HttpMeasured['latency']): ToldLatency | null {
  if (latency === null) return null;
  const { p95Us: _, ...others } = latency;
  return others;
}

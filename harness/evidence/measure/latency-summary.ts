/** A histogram as the Result holds it: percentiles and the percentile curve, in microseconds. */
import type * as hdr from 'hdr-histogram-js';
import type { HttpMeasured, LatencySummary, ToldLatency } from '../result/result.ts';
import { type RankOf, rankOf, type Waits } from './waits.ts';

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

/**
 * The same over all messages that waited: the histogram holds those of `waits` that were answered. A percentile that only messages which
 * were never answered reach is null, and so is the maximum if there is one; null if nothing was answered.
 */
export function summariseWaits(histogram: hdr.Histogram, waits: Waits): ToldLatency | null {
  const count = histogram.totalCount;
  if (count === 0) return null;
  const { releasedUs, unanswered } = waits;
  const whole = summarise(histogram);
  if (unanswered === 0 && releasedUs.length === 0) return { ...whole, unanswered, released: 0 };
  const rank = rankOf(count, waits);
  const at = (percentile: number): number | null => {
    const ofAll = rank(percentile / 100);
    return ofAll === null ? null : histogram.getValueAtPercentile((100 * Math.min(ofAll, count)) / count);
  };
  return {
    count,
    unanswered,
    released: releasedUs.length,
    minUs: whole.minUs,
    p50Us: at(50),
    p90Us: at(90),
    p99Us: at(99),
    p999Us: at(99.9),
    maxUs: unanswered > 0 ? null : whole.maxUs,
    curve: curveOf(histogram, rank, count + unanswered),
  };
}

/** [percentile, microseconds], approaching 100% in steps that halve the rest, as far as the samples allow, and as far as messages were answered. */
function curveOf(histogram: hdr.Histogram, rank: RankOf | null = null, messages = histogram.totalCount): [number, number][] {
  const count = histogram.totalCount;
  if (count === 0) return [];
  const points: [number, number][] = [];
  for (let step = 0; ; step += 1) {
    const above = 0.5 ** (step / POINTS_PER_HALVING);
    if (above * messages < 1) break;
    const ofAll = rank === null ? null : rank(1 - above);
    // From here on nothing was answered.
    if (rank !== null && ofAll === null) return points;
    const percentile = 100 * (1 - above);
    points.push([
      percentile,
      histogram.getValueAtPercentile(ofAll === null ? percentile : (100 * Math.min(ofAll, count)) / count),
    ]);
  }
  if (messages === count) points.push([100, histogram.maxValue]);
  return points;
}

/** An HTTP latency in the common form. */
export function withoutP95(latency: HttpMeasured['latency']): ToldLatency | null {
  if (latency === null) return null;
  const { p95Us: _, ...others } = latency;
  return others;
}

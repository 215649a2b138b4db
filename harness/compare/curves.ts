/**
 * Percentile curves of the two sides: all runs of a side pooled, with a ribbon that says how much another comparison's curve might differ.
 * The ribbon is for the eye; what is decided is decided by blocks. Pure.
 */
import { Random } from '../load/random.ts';
import type { Comparison } from '../result/comparison.ts';
import { quantileOfSorted } from '../stats/quantile.ts';
import { type LatencyBuckets, percentilesOf, pooled } from './latency-buckets.ts';

const PERCENTILES = [1, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97.5, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99];
/** A percentile is shown where so many values lie above it. */
const MIN_ABOVE = 10;
const RESAMPLES = 300;
const CONFIDENCE = 0.95;

/** The runs of one side, block by block. */
export type RunsOfBlocks = readonly (readonly LatencyBuckets[])[];

/**
 * Hierarchical bootstrap: blocks are drawn with replacement, and of each its runs, since runs of a block resemble each other. Davison and
 * Hinkley (1997), "Bootstrap methods and their application", section 3.8. The same `seed` gives the same ribbon.
 */
export function percentileCurve(blocks: RunsOfBlocks, seed: number, side: 'A' | 'B'): Comparison['curves']['a'] {
  const counts = pooled(blocks.flat());
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shown = PERCENTILES.filter((percentile) => (1 - percentile / 100) * total >= MIN_ABOVE);
  const middle = percentilesOf(counts, shown);
  const random = new Random(seed, `curve ${side}`, 0);
  const resampled = Array.from({ length: middle.length === 0 ? 0 : RESAMPLES }, () => {
    const drawn = blocks.map(() => draw(blocks, random)).flatMap((runs) => runs.map(() => draw(runs, random)));
    return percentilesOf(pooled(drawn), shown);
  });
  return middle.map((us, index) => {
    const values = Float64Array.from(resampled.flatMap((curve) => curve[index] ?? [])).sort();
    const tail = (1 - CONFIDENCE) / 2;
    // A percentile of few runs may lie outside what their resampling gives.
    const low = values.length === 0 ? us : Math.min(us, quantileOfSorted(values, tail));
    const high = values.length === 0 ? us : Math.max(us, quantileOfSorted(values, 1 - tail));
    return { percentile: shown[index] as number, us, low, high };
  });
}

function draw<T>(from: readonly T[], random: Random): T {
  return from[random.below(from.length)] as T;
}

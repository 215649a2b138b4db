/**
 * Percentile curves of the two sides: all runs of a side pooled, with a ribbon that shows how much the curve of another comparison might
 * differ. The ribbon is for display only; blocks decide. Pure.
 */

import type { Comparison } from '../../evidence/result/comparison.ts';
import { hierarchicalBootstrap } from '../../evidence/stats/bootstrap.ts';
import { Random } from '../../evidence/stats/random.ts';
import { type LatencyBuckets, percentilesOf, pooled } from './latency-buckets.ts';

const PERCENTILES = [1, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97.5, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99];
/** A percentile is shown if at least this many values lie above it. */
const MIN_ABOVE = 10;
const RESAMPLES = 200;
const CONFIDENCE = 0.95;

/** The runs of one side, block by block. */
export type RunsOfBlocks = readonly (readonly LatencyBuckets[])[];

/**
 * The ribbon comes from a hierarchical bootstrap, because the runs of a block resemble each other. The same `seed` gives the same ribbon.
 */
export function percentileCurve(blocks: RunsOfBlocks, seed: number, side: 'A' | 'B'): Comparison['curves']['a'] {
  const measured = blocks.map((runs) => runs.filter((buckets) => buckets.length > 0)).filter((runs) => runs.length > 0);
  const counts = pooled(measured.flat());
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shown = PERCENTILES.filter((percentile) => (1 - percentile / 100) * total >= MIN_ABOVE);
  return percentilesOf(counts, shown).map((us, index) => {
    const percentile = shown[index] as number;
    // The same draws for each percentile.
    const random = new Random(seed, `curve ${side}`, 0);
    const { low, high } = hierarchicalBootstrap(
      measured,
      (groups) => percentilesOf(pooled(groups.flat()), [percentile])[0] as number,
      { random: () => random.unit(), resamples: RESAMPLES, confidence: CONFIDENCE },
    );
    // With few runs, a percentile may lie outside what their resampling gives.
    return { percentile, us, low: Math.min(us, low), high: Math.max(us, high) };
  });
}

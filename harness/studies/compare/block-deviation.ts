/** How much a block's log ratio varies if nothing differs: the noise that a comparison must see through. Pure. */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';
import { normalQuantile } from '../../evidence/stats/normal.ts';
import { blockLogRatio } from './block-evidence.ts';

export interface BlockDeviation {
  /** Deviation of the log ratio of one block. */
  readonly deviation: number;
  /** In nine cases of ten it is no larger than this; with few blocks this is far above the estimate. */
  readonly high: number;
  /** Number of blocks that measured the metric. */
  readonly blocks: number;
}

const CONFIDENCE = 0.9;

/**
 * From blocks in which both sides are the same server: the root of the mean square around zero, since zero is the true mean, with the upper
 * bound that chi-square gives it for normal values. Null for a metric that fewer than two blocks measured.
 */
export function blockDeviation(blocks: readonly Pick<ComparisonBlock, 'runs'>[], metric: string): BlockDeviation | null {
  const ratios = blocks.flatMap((block) => blockLogRatio(block, metric) ?? []);
  if (ratios.length < 2) return null;
  const squares = ratios.reduce((sum, ratio) => sum + ratio ** 2, 0);
  return {
    deviation: Math.sqrt(squares / ratios.length),
    high: Math.sqrt(squares / chiSquareQuantile(1 - CONFIDENCE, ratios.length)),
    blocks: ratios.length,
  };
}

/** Wilson and Hilferty (1931), "The distribution of chi-square": within 2% from two degrees of freedom on, at the tenth used here. */
function chiSquareQuantile(p: number, freedom: number): number {
  const ninth = 2 / (9 * freedom);
  return freedom * Math.max(0, 1 - ninth + normalQuantile(p) * Math.sqrt(ninth)) ** 3;
}

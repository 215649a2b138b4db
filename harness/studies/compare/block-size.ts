/** How many blocks a difference needs, and which difference blocks find: what is known of pairs, in blocks. Pure. */
import { type ComparisonSize, detectableEffect, valuesFor } from '../../evidence/stats/detectable.ts';
import { PAIRS } from './block-evidence.ts';

/** `deviation` is that of a block's log ratio, which is the mean of its pairs. */
export type BlockSize = Pick<ComparisonSize, 'deviation' | 'alpha' | 'power' | 'margin'>;

/** The smallest true log ratio that so many blocks find; infinite if they cannot find any. */
export function effectFoundBy(blocks: number, size: BlockSize): number {
  return detectableEffect({ ...ofPairs(size), values: blocks * PAIRS });
}

/** The fewest blocks, up to `most`, with which a true log ratio of `effect` is found; null if even `most` are too few. */
export function blocksFor(effect: number, size: BlockSize, most: number): number | null {
  const pairs = valuesFor(effect, ofPairs(size), most * PAIRS);
  return pairs === null ? null : Math.ceil(pairs / PAIRS);
}

function ofPairs(size: BlockSize): Omit<ComparisonSize, 'values'> {
  return { ...size, deviation: size.deviation * Math.sqrt(PAIRS), estimatedFrom: null };
}

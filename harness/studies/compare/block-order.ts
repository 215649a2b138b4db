/**
 * The order in which the two sides run within a block. Both orders cancel a drift that is linear over the block, and a fair coin chooses
 * between them, so that without a difference the sign of a block's evidence is a fair coin's. Pure.
 */
import { Random } from '../../evidence/stats/random.ts';

export type Letter = 'A' | 'B';
export type BlockOrder = 'ABBA' | 'BAAB';

/** Order of block `index` (from 0) in the comparison with this seed: the same whenever it is asked for. */
export function blockOrder(seed: number, index: number): BlockOrder {
  return new Random(seed, 'block-order', index).unit() < 0.5 ? 'ABBA' : 'BAAB';
}

export function lettersOf(order: BlockOrder): readonly Letter[] {
  return [...order] as Letter[];
}

/**
 * The order in which the two sides run within a block. A block has two pairs of neighbouring runs, and for each pair a fair coin of its own
 * decides which side comes first: without a difference, the sign of a pair's evidence is that of its coin, whatever the machine did and
 * whatever the other pairs show. Pure.
 */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';
import { Random } from '../../evidence/stats/random.ts';

export type Letter = 'A' | 'B';
export type BlockOrder = ComparisonBlock['order'];

/** Order of block `index` (from 0) in the comparison with this seed: the same whenever it is asked for. */
export function blockOrder(seed: number, index: number): BlockOrder {
  const random = new Random(seed, 'block-order', index);
  const pair = (): 'AB' | 'BA' => (random.unit() < 0.5 ? 'AB' : 'BA');
  return `${pair()}${pair()}`;
}

export function lettersOf(order: BlockOrder): readonly Letter[] {
  return [...order] as Letter[];
}

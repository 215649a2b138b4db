/**
 * What one block says of one metric: the mean log ratio of B to A over its two pairs. The unit of evidence is a block, not a message: the
 * thousands of messages of a run share its server process, its memory layout and its neighbours. Pure.
 */
import type { ComparisonBlock } from '../result/comparison.ts';

/**
 * Log of B / A, or null where a run did not measure it or a value is not above zero. The pairs are neighbours: the first and the second
 * half of the block. Their mean is the same as the difference of the sides' mean logs.
 */
export function blockLogRatio({ runs }: Pick<ComparisonBlock, 'runs'>, metric: string): number | null {
  let sum = 0;
  for (const { letter, values } of runs) {
    const value = values[metric] ?? null;
    if (value === null || !(value > 0)) return null;
    sum += letter === 'B' ? Math.log(value) : -Math.log(value);
  }
  return runs.length === 0 ? null : sum / (runs.length / 2);
}

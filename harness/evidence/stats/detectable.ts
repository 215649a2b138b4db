/** The smallest worsening that a comparison would find: how much "equivalent" means. Pure. */
import { normalQuantile } from './normal.ts';

export interface ComparisonSize {
  /** Standard deviation of one block's log ratio. */
  readonly deviation: number;
  readonly blocks: number;
  /** One-sided error rate, after correction for metrics and looks. */
  readonly alpha: number;
  /** Share of true worsenings of this size that are found. */
  readonly power: number;
  /** As a log ratio: log(1.05) for 5%. */
  readonly margin: number;
}

/** Pitman efficiency of signed ranks against the mean, for normal values: 3 / pi. */
const EFFICIENCY = 3 / Math.PI;

/**
 * The smallest true log ratio that the signed-rank test against `margin` calls worse with the power asked for, for roughly normal blocks:
 * margin + (t_alpha + t_power) deviation / sqrt(blocks * 3/pi), the t-test's size by the efficiency of ranks; with the normal's quantiles
 * instead, twenty blocks would find one in five where one in ten is promised to be missed (a test simulates it). Infinite where so few
 * blocks cannot reach alpha at all: the least p-value of n blocks is 2^-n.
 * @throws RangeError for a negative deviation, no blocks, or alpha or power outside 0 to 1.
 */
export function detectableEffect({ deviation, blocks, alpha, power, margin }: ComparisonSize): number {
  if (!(deviation >= 0)) throw new RangeError(`a deviation of 0 or more, not ${deviation}`);
  if (!(Number.isInteger(blocks) && blocks >= 1)) throw new RangeError(`one block or more, not ${blocks}`);
  if (2 ** -blocks > alpha) return Number.POSITIVE_INFINITY;
  const reach = studentQuantile(1 - alpha, blocks - 1) + studentQuantile(power, blocks - 1);
  return margin + (reach * deviation) / Math.sqrt(blocks * EFFICIENCY);
}

/** Student's t by its expansion around the normal: Abramowitz and Stegun (1964), 26.7.5; within 1% from five degrees of freedom on. */
function studentQuantile(p: number, freedom: number): number {
  const z = normalQuantile(p);
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, index) => sum + term / Math.max(1, freedom) ** (index + 1), z);
}

/** The fewest blocks, up to `most`, with which a true log ratio of `effect` is found; null if even `most` are too few. */
export function blocksFor(effect: number, size: Omit<ComparisonSize, 'blocks'>, most: number): number | null {
  for (let blocks = 1; blocks <= most; blocks++) if (detectableEffect({ ...size, blocks }) <= effect) return blocks;
  return null;
}

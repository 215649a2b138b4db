/** An interval for a quantile that makes no assumption about the distribution. Pure. */
import { binomial } from './binomial.ts';
import { quantileOfSorted } from './quantile.ts';

export interface QuantileInterval {
  readonly value: number;
  /** Order statistics that enclose the quantile; null if there are too few values for a bound on that side. */
  readonly low: number | null;
  readonly high: number | null;
  /** Ranks of `low` and `high`, from 1; 0 and n + 1 where there is none. */
  readonly lowRank: number;
  readonly highRank: number;
  /** The coverage: at least the requested confidence. */
  readonly coverage: number;
}

/**
 * The q-quantile with an interval of at least `confidence`, split evenly over the two sides. How many of n independent values lie
 * below the quantile is binomial, so order statistics enclose it: Hahn and Meeker (1991), "Statistical intervals", section 5.2.
 * The values must be independent; neighbours of one stall are not.
 * @throws RangeError for an empty column, or q or confidence outside 0 to 1.
 */
export function quantileInterval(sorted: ArrayLike<number>, q: number, confidence = 0.95): QuantileInterval {
  const n = sorted.length;
  if (n === 0) throw new RangeError('no value, no quantile');
  if (!(q > 0 && q < 1) || !(confidence > 0 && confidence < 1)) {
    throw new RangeError(`a quantile and a confidence are above 0 and below 1, not ${q} and ${confidence}`);
  }
  const below = binomial(n, q);
  const tail = (1 - confidence) / 2;
  const lowRank = below.quantile(tail);
  const highRank = below.quantile(1 - tail) + 1;
  return {
    value: quantileOfSorted(sorted, q),
    low: lowRank < 1 ? null : (sorted[lowRank - 1] as number),
    high: highRank > n ? null : (sorted[highRank - 1] as number),
    lowRank,
    highRank,
    coverage: below.atMost(highRank - 1) - below.atMost(lowRank - 1),
  };
}

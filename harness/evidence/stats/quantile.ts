/** Exact quantiles of columns, by order statistics. Pure. */

/**
 * The q-quantile of an ascending column: the smallest value that at least q of all values do not exceed.
 * Hyndman and Fan (1996), "Sample quantiles in statistical packages", definition 1; what SciPy and NumPy call `inverted_cdf`.
 * HDR histograms use it too.
 * @returns NaN for an empty column.
 * @throws RangeError when q is outside 0 to 1.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile is from 0 to 1, not ${q}`);
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  return sorted[Math.max(0, rank(q, n) - 1)] as number;
}

/** ceil(q n), robust against q n being a rounding error above a whole number: 0.07 x 100 is 7, not 7.000000000000001. */
function rank(q: number, n: number): number {
  return Math.min(n, Math.ceil(q * n * (1 - 1e-15)));
}

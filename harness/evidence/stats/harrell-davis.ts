/** A smooth quantile: less noisy than one order statistic, and robust because its ends are cut off. Pure. */
import { regularizedBeta } from './beta.ts';

/**
 * The q-quantile as a weighted mean of order statistics: Harrell and Davis (1982), "A new distribution-free quantile estimator". Trimmed,
 * only those within the narrowest interval of width 1/sqrt(n) that holds most of the weight count: Akinshin (2022), "Trimmed
 * Harrell-Davis quantile estimator based on the highest density interval of the given width". One wild value then moves it no more than a
 * median.
 * @throws RangeError for an empty column, or q outside 0 to 1, both excluded.
 */
export function harrellDavis(sorted: ArrayLike<number>, q: number, { trimmed }: { readonly trimmed: boolean }): number {
  const n = sorted.length;
  if (n === 0) throw new RangeError('no value, no quantile');
  if (!(q > 0 && q < 1)) throw new RangeError(`a quantile is above 0 and below 1, not ${q}`);
  if (n === 1) return sorted[0] as number;
  const a = (n + 1) * q;
  const b = (n + 1) * (1 - q);
  const [from, to] = trimmed ? densest(a, b, 1 / Math.sqrt(n)) : [0, 1];
  const below = regularizedBeta(from, a, b);
  const within = regularizedBeta(to, a, b) - below;
  const share = (x: number): number => (x <= from ? 0 : x >= to ? 1 : (regularizedBeta(x, a, b) - below) / within);
  let value = 0;
  const first = Math.floor(from * n);
  const last = Math.min(n, Math.ceil(to * n));
  let before = share(first / n);
  for (let index = first; index < last; index++) {
    const after = share((index + 1) / n);
    value += (after - before) * (sorted[index] as number);
    before = after;
  }
  return value;
}

/** The interval of this width with the most of Beta(a, b) in it. */
function densest(a: number, b: number, width: number): readonly [number, number] {
  if (a <= 1 && b > 1) return [0, width];
  if (b <= 1 && a > 1) return [1 - width, 1];
  if (a <= 1 && b <= 1) return [0.5 - width / 2, 0.5 + width / 2];
  const mode = (a - 1) / (a + b - 2);
  // Around the mode the density is higher on one side of an interval than on the other until the two ends are equal.
  const logDensity = (x: number): number => (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x);
  let low = Math.max(0, mode - width);
  let high = Math.min(mode, 1 - width);
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (logDensity(middle) < logDensity(middle + width)) low = middle;
    else high = middle;
  }
  return [(low + high) / 2, (low + high) / 2 + width];
}

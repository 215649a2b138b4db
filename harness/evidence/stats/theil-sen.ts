/** A straight line that a few outliers do not move: the memory of one more connection, from plateaus. Pure. */
import { normalQuantile } from './normal.ts';

export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Interval of the slope. */
  readonly low: number;
  readonly high: number;
}

/** Slopes of all pairs are kept: more points than this would need more than 100 MB. */
const MAX_POINTS = 5000;

/**
 * The median of the slopes of all pairs of points, with Sen's interval: Sen (1968), "Estimates of the regression coefficient based
 * on Kendall's tau", with the correction for ties, as SciPy's `theilslopes` computes it. The intercept makes the line pass through
 * the medians.
 * @throws RangeError when the columns differ in length, exceed 5,000 points, or hold fewer than two different x.
 */
export function theilSen(x: readonly number[], y: readonly number[], confidence = 0.95): Line {
  const n = x.length;
  if (n !== y.length) throw new RangeError(`columns of one length, not ${n} and ${y.length}`);
  if (n > MAX_POINTS) throw new RangeError(`at most ${MAX_POINTS} points, not ${n}`);
  const found: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const dx = (x[j] as number) - (x[i] as number);
      if (dx > 0) found.push(((y[j] as number) - (y[i] as number)) / dx);
    }
  }
  if (found.length === 0) throw new RangeError('a slope needs two different x');
  const slopes = Float64Array.from(found).sort();
  const count = slopes.length;
  const slope = median(slopes);
  const variance = (n * (n - 1) * (2 * n + 5) - tieTerm(x) - tieTerm(y)) / 18;
  const spread = normalQuantile((1 + confidence) / 2) * Math.sqrt(Math.max(0, variance));
  const highRank = Math.min(roundHalfToEven((count + spread) / 2), count - 1);
  const lowRank = Math.max(roundHalfToEven((count - spread) / 2) - 1, 0);
  return {
    slope,
    intercept: median(Float64Array.from(y).sort()) - slope * median(Float64Array.from(x).sort()),
    low: slopes[lowRank] as number,
    high: slopes[highRank] as number,
  };
}

function median(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** The correction of the variance for groups of equal values. */
function tieTerm(values: readonly number[]): number {
  const groups = new Map<number, number>();
  for (const value of values) groups.set(value, (groups.get(value) ?? 0) + 1);
  return [...groups.values()].reduce((sum, k) => sum + k * (k - 1) * (2 * k + 5), 0);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Where a series changes its level or its spread. Pure: the randomness is passed in. */

export interface ChangePointOptions {
  /** 0 (included) to 1 (excluded); orders a segment at random. */
  readonly random: () => number;
  /** Random orders that a split must beat: with 199, p-values down to 0.005 are possible. */
  readonly permutations: number;
  /** Largest p-value of a split that counts. */
  readonly significance: number;
  /** Fewest values on either side of a split. */
  readonly minSize: number;
}

/** Distances of all pairs are kept, so longer series need too much memory and time. */
const MAX_VALUES = 2000;

/**
 * Indices at which a new segment begins, in order: E-divisive, Matteson and James (2014), "A nonparametric approach for multiple change
 * point analysis of multivariate data", with exponent 1. It splits where the energy distance between the two sides is largest, over all
 * segments so far, as long as random orders of the segment show one as large in at most `significance` of all cases.
 * @throws RangeError for more than 2,000 values, one that is no number, or minSize below 2.
 */
export function eDivisive(series: readonly number[], options: ChangePointOptions): number[] {
  if (series.length > MAX_VALUES) throw new RangeError(`at most ${MAX_VALUES} values, not ${series.length}`);
  if (series.some((value) => !Number.isFinite(value))) throw new RangeError('values are numbers');
  if (!(options.minSize >= 2)) throw new RangeError(`two values or more on each side, not ${options.minSize}`);
  const found: number[] = [];
  const open: (readonly [from: number, to: number])[] = [[0, series.length]];
  for (let segment = open.pop(); segment !== undefined; segment = open.pop()) {
    const [from, to] = segment;
    const values = series.slice(from, to);
    const split = bestSplit(values, options.minSize);
    if (split === null || !isSignificant(values, split.strength, options)) continue;
    found.push(from + split.at);
    open.push([from, from + split.at], [from + split.at, to]);
  }
  return found.sort((a, b) => a - b);
}

/**
 * How many values at the beginning do not belong to the steady state yet: the marginal standard error rule, White (1997), "An effective
 * truncation heuristic for bias reduction in simulation output". It leaves out as many as make the mean of the rest most certain, at most
 * half of them.
 * @returns 0 for a series without a transient, and for one of fewer than four values.
 */
export function firstSteady(series: readonly number[]): number {
  const n = series.length;
  if (n < 4) return 0;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  let squares = 0;
  // From the end, so that each truncation adds one value.
  for (let at = n - 1; at >= 0; at--) {
    const value = series[at] as number;
    sum += value;
    squares += value * value;
    const count = n - at;
    if (at > n / 2) continue;
    const error = (squares - sum ** 2 / count) / count ** 2;
    if (error <= least) {
      least = error;
      best = at;
    }
  }
  return best;
}

interface Split {
  readonly at: number;
  readonly strength: number;
}

/** The split with the largest scaled energy distance: n m / (n + m) (2 E|X-Y| - E|X-X'| - E|Y-Y'|). Null for a segment too short. */
function bestSplit(values: readonly number[], minSize: number): Split | null {
  const n = values.length;
  if (n < 2 * minSize) return null;
  // Sums of distances within the left side, within the right side, and between them, moved along one value at a time.
  let left = 0;
  let right = 0;
  let between = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) right += distance(values, i, j);
  let best: Split | null = null;
  for (let at = 1; at < n; at++) {
    const moved = at - 1;
    let toLeft = 0;
    let toRight = 0;
    for (let i = 0; i < moved; i++) toLeft += distance(values, i, moved);
    for (let i = at; i < n; i++) toRight += distance(values, moved, i);
    left += toLeft;
    right -= toRight;
    between += toRight - toLeft;
    if (at < minSize || n - at < minSize) continue;
    const m = n - at;
    const energy = (2 * between) / (at * m) - (2 * left) / (at * (at - 1)) - (2 * right) / (m * (m - 1));
    const strength = ((at * m) / n) * energy;
    if (best === null || strength > best.strength) best = { at, strength };
  }
  return best;
}

function isSignificant(values: readonly number[], strength: number, options: ChangePointOptions): boolean {
  const { random, permutations, significance, minSize } = options;
  let asStrong = 1;
  for (let time = 0; time < permutations; time++) {
    const split = bestSplit(shuffled(values, random), minSize);
    if (split !== null && split.strength >= strength) asStrong++;
    // No remaining order can make it significant any more.
    if (asStrong > significance * (permutations + 1)) return false;
  }
  return true;
}

/** Fisher and Yates. */
function shuffled(values: readonly number[], random: () => number): number[] {
  const order = [...values];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const value = order[at] as number;
    order[at] = order[other] as number;
    order[other] = value;
  }
  return order;
}

function distance(values: readonly number[], i: number, j: number): number {
  return Math.abs((values[i] as number) - (values[j] as number));
}

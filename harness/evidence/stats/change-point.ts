/** Where a series changes its level or its spread. Pure: the randomness is passed in. */
import { autocorrelation, reordered } from './autocorrelation.ts';

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

/** The search takes time in proportion to their square, times the number of orders. */
const MAX_VALUES = 2000;

/**
 * Indices at which a new segment begins, in order: E-divisive, Matteson and James (2014), "A nonparametric approach for multiple change
 * point analysis of multivariate data", with exponent 1. It splits where the energy distance between two neighbouring stretches is largest,
 * over all segments so far, as long as random orders of the segment show one as large in at most `significance` of all cases.
 *
 * One of the two stretches reaches to an end of the segment; the other may end anywhere (the paper's kappa, at both ends). Otherwise a change
 * that is taken back soon would hardly show, because what follows it is like what precedes it.
 *
 * Neighbours of a series resemble each other where the machine has good and bad hours, and such a series drifts without a change. So the
 * autocorrelation beside the splits that are found is estimated, and if there is some, they are sought again with orders that have it too:
 * what is shuffled then is what each value adds to its predecessor's share. Of 60 values without a change and with a correlation of 0.6, one
 * series in twelve is said to change, where plain orders find a change in two of five; a change that is there is found a little less often.
 * @throws RangeError for more than 2,000 values, one that is no number, or minSize below 2.
 */
export function eDivisive(series: readonly number[], options: ChangePointOptions): number[] {
  if (series.length > MAX_VALUES) throw new RangeError(`at most ${MAX_VALUES} values, not ${series.length}`);
  if (series.some((value) => !Number.isFinite(value))) throw new RangeError('values are numbers');
  if (!(options.minSize >= 2)) throw new RangeError(`two values or more on each side, not ${options.minSize}`);
  const unrelated = segmentation(series, 0, options);
  if (unrelated.length === 0) return [];
  const correlation = autocorrelation(series, unrelated);
  return correlation === 0 ? unrelated : segmentation(series, correlation, options);
}

/** As long as a segment's best split is too strong for chance, given this much autocorrelation. */
function segmentation(series: readonly number[], correlation: number, options: ChangePointOptions): number[] {
  const found: number[] = [];
  const open: (readonly [from: number, to: number])[] = [[0, series.length]];
  for (let segment = open.pop(); segment !== undefined; segment = open.pop()) {
    const [from, to] = segment;
    const values = series.slice(from, to);
    const split = bestSplit(values, options.minSize);
    if (split === null || !isSignificant(values, split.strength, correlation, options)) continue;
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

/**
 * The split with the largest scaled energy distance: n m / (n + m) (2 E|X-Y| - E|X-X'| - E|Y-Y'|). Null for a segment too short. This is
 * where the time goes: sums come from those of the first so many values, and divisions from a table.
 */
function bestSplit(values: readonly number[], minSize: number): Split | null {
  const n = values.length;
  if (n < 2 * minSize) return null;
  /** Sum of the distances of the first `at` values to the first so many. */
  const row = new Float64Array(n + 1);
  const { among, toAll } = sumsOfFirst(values);
  const inverse = Float64Array.from({ length: n + 1 }, (_, count) => 1 / count);
  const all = among[n] as number;
  let best = 0;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let at = 1; at <= n - minSize; at++) {
    addDistances(row, values, at - 1);
    if (at < minSize) continue;
    const before = among[at] as number;
    const perLeft = before * (inverse[at - 1] as number);
    for (let to = at + minSize; to <= n; to++) {
      const right = to - at;
      const between = (row[to] as number) - before;
      const within = (among[to] as number) - before - 2 * between;
      const spread = perLeft * right + within * (inverse[right - 1] as number) * at;
      const strength = (2 * between - spread) * (inverse[to] as number);
      if (strength <= greatest) continue;
      greatest = strength;
      best = at;
    }
    const right = n - at;
    const toRight = (row[n] as number) - before;
    const perRight = (all - before - 2 * toRight) * (inverse[right - 1] as number);
    for (let from = at - minSize; from > 0; from--) {
      const left = at - from;
      const rest = row[from] as number;
      const between = toRight - (toAll[from] as number) + rest;
      const within = before - 2 * rest + (among[from] as number);
      const spread = within * (inverse[left - 1] as number) * right + perRight * left;
      const strength = (2 * between - spread) * (inverse[n - from] as number);
      if (strength <= greatest) continue;
      greatest = strength;
      best = at;
    }
  }
  return { at: best, strength: greatest };
}

/** Adds the distances of value `at` to the first one, to the first two, and so on. */
function addDistances(row: Float64Array, values: readonly number[], at: number): void {
  const one = values[at] as number;
  let sum = 0;
  for (let to = 1; to < row.length; to++) {
    sum += Math.abs(one - (values[to - 1] as number));
    row[to] = (row[to] as number) + sum;
  }
}

/** Of the distances of the first so many values to each other, each pair twice, and to all. */
function sumsOfFirst(values: readonly number[]): { readonly among: Float64Array; readonly toAll: Float64Array } {
  const n = values.length;
  const among = new Float64Array(n + 1);
  const toAll = new Float64Array(n + 1);
  for (let at = 0; at < n; at++) {
    const one = values[at] as number;
    let before = 0;
    for (let other = 0; other < at; other++) before += Math.abs(one - (values[other] as number));
    let after = 0;
    for (let other = at + 1; other < n; other++) after += Math.abs(one - (values[other] as number));
    among[at + 1] = (among[at] as number) + 2 * before;
    toAll[at + 1] = (toAll[at] as number) + before + after;
  }
  return { among, toAll };
}

function isSignificant(
  values: readonly number[],
  strength: number,
  correlation: number,
  { random, permutations, significance, minSize }: ChangePointOptions,
): boolean {
  let asStrong = 1;
  for (let time = 0; time < permutations; time++) {
    const split = bestSplit(reordered(values, correlation, random), minSize);
    if (split !== null && split.strength >= strength) asStrong++;
    // No remaining order can make it significant any more.
    if (asStrong > significance * (permutations + 1)) return false;
  }
  return true;
}

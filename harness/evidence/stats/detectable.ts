/** The smallest worsening that a comparison would find: how much "not worse" means. Pure. */
import { walshAverages } from './hodges-lehmann.ts';
import { normalQuantile } from './normal.ts';
import { Random } from './random.ts';
import { waysToSum } from './signed-rank.ts';

export interface ComparisonSize {
  /** Standard deviation of one value, a log ratio. */
  readonly deviation: number;
  /** From how many values it was estimated; null if it is known, or supposed. */
  readonly estimatedFrom: number | null;
  readonly values: number;
  /** One-sided error rate, after correction for metrics and looks. */
  readonly alpha: number;
  /** Share of true worsenings of this size that are found. */
  readonly power: number;
  /** As a log ratio: log(1.05) for 5%. */
  readonly margin: number;
}

/** Up to so many values, comparisons are drawn at random; with more, the size of a t-test is as near (a test simulates both). */
const MOST_DRAWN = 24;
/** The share that is found is then certain to one per cent. */
const DRAWS = 2000;
/** Pitman efficiency of signed ranks against the mean, for normal values: 3 / pi. */
const EFFICIENCY = 3 / Math.PI;

/**
 * The smallest true log ratio that the signed-rank test against `margin` calls worse with the power asked for, for normal values. The test
 * rejects if a certain one of the Walsh averages lies above the margin, so with few values this is a quantile of that average over
 * comparisons that are drawn at random, always the same; with many, it is the t-test's size by the efficiency of ranks, at the error rate
 * that the sign flips reach. If the deviation is an estimate, its own deviation is included: an effect this many estimated deviations away is
 * found so often, lucky estimates and unlucky ones together. Infinite where so few values cannot reach alpha at all: the least p-value of n
 * values is 2^-n.
 * @throws RangeError for a negative deviation, no values, or alpha or power outside 0 to 1.
 */
export function detectableEffect({ deviation, estimatedFrom, values, alpha, power, margin }: ComparisonSize): number {
  if (!(deviation >= 0)) throw new RangeError(`a deviation of 0 or more, not ${deviation}`);
  if (!(Number.isInteger(values) && values >= 1)) throw new RangeError(`one value or more, not ${values}`);
  if (!(alpha > 0 && alpha < 1 && power > 0 && power < 1)) {
    throw new RangeError(`an error rate and a power are above 0 and below 1, not ${alpha} and ${power}`);
  }
  const { below, reached } = leastSums(values, alpha);
  if (below < 0) return Number.POSITIVE_INFINITY;
  if (values > MOST_DRAWN) return margin + deviation * computedReach(values, reached, power, estimatedFrom);
  const reaches = drawnReaches(values, below, estimatedFrom);
  return margin + deviation * (reaches[Math.ceil(power * reaches.length) - 1] as number);
}

/** The fewest values, up to `most`, with which a true log ratio of `effect` is found; null if even `most` are too few. */
export function valuesFor(effect: number, size: Omit<ComparisonSize, 'values'>, most: number): number | null {
  const { deviation, alpha, power, margin } = size;
  // The mean of normal values needs no more than this, and ranks need more.
  const standard = (normalQuantile(1 - alpha) + normalQuantile(power)) * deviation;
  const least = effect > margin ? Math.max(1, Math.floor((standard / (effect - margin)) ** 2 * LESS)) : most;
  for (let values = least; values <= most; values++) if (detectableEffect({ ...size, values }) <= effect) return values;
  return null;
}

/** A share of the values that the mean needs, so that the search begins too early for certain. */
const LESS = 0.8;

/** How many Walsh averages may lie below the margin if the test is to reject at alpha, -1 for never; and the error rate that is reached. */
function leastSums(values: number, alpha: number): { readonly below: number; readonly reached: number } {
  const ways = waysToSum(Array.from({ length: values }, (_, index) => index + 1));
  let reached = 0;
  for (let below = 0; below < ways.length; below++) {
    const share = (ways[below] as number) / 2 ** values;
    if (reached + share > alpha) return { below: below - 1, reached };
    reached += share;
  }
  return { below: ways.length - 1, reached };
}

/** In deviations above the margin. */
function computedReach(values: number, alpha: number, power: number, estimatedFrom: number | null): number {
  const size = Math.sqrt(values * EFFICIENCY);
  const found = studentQuantile(power, values - 1) / size;
  const needed = studentQuantile(1 - alpha, values - 1) / size;
  if (estimatedFrom === null) return needed + found;
  // An estimate from n values has a relative variance of 1 / (2 n - 2).
  let reach = needed + found;
  for (let time = 0; time < FIXED_POINT_STEPS; time++) {
    reach = needed + Math.sign(found) * Math.hypot(found, (normalQuantile(power) * reach) / Math.sqrt(2 * (estimatedFrom - 1)));
  }
  return reach;
}

const FIXED_POINT_STEPS = 20;

/** Student's t by its expansion around the normal: Abramowitz and Stegun (1964), 26.7.5; within 1% from five degrees of freedom on. */
function studentQuantile(p: number, freedom: number): number {
  const z = normalQuantile(p);
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, index) => sum + term / freedom ** (index + 1), z);
}

const drawn = new Map<string, Float64Array>();
/** Few sizes are in use at a time. */
const MOST_KEPT = 200;

/** In ascending order: from how many deviations above the margin on each drawn comparison says worse. */
function drawnReaches(values: number, below: number, estimatedFrom: number | null): Float64Array {
  const key = `${values} ${below} ${estimatedFrom}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const random = new Random(values, 'detectable', below);
  const normal = (): number => normalQuantile(random.unit() || 0.5);
  const reaches = Float64Array.from({ length: DRAWS }, () => {
    const averages = walshAverages(Array.from({ length: values }, normal));
    const estimate = estimatedFrom === null ? 1 : deviationOf(Array.from({ length: estimatedFrom }, normal));
    return -(averages[below] as number) / estimate;
  }).sort();
  if (drawn.size >= MOST_KEPT) drawn.clear();
  drawn.set(key, reaches);
  return reaches;
}

/** Of a sample, around its mean. */
export function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Exact answers about a share of successes. Pure. */
import { betaQuantile } from './beta.ts';
import { binomial } from './binomial.ts';
import type { ShareInterval } from './wilson.ts';

/** Probabilities that differ only by rounding are equal. */
const SLACK = 1 + 1e-7;

/**
 * Two-sided p-value of "the true share is `share`": the probability of all outcomes that are no more likely than the observed one, as in
 * R's binom.test and SciPy's binomtest.
 * @throws RangeError unless 0 <= successes <= trials, both whole, trials above 0, and 0 < share < 1.
 */
export function binomialTest(successes: number, trials: number, share: number): number {
  check(successes, trials);
  if (!(share > 0 && share < 1)) throw new RangeError(`a share above 0 and below 1, not ${share}`);
  const { atMost } = binomial(trials, share);
  const probability = (k: number): number => atMost(k) - (k === 0 ? 0 : atMost(k - 1));
  const seen = probability(successes) * SLACK;
  let p = 0;
  for (let k = 0; k <= trials; k++) {
    const one = probability(k);
    if (one <= seen) p += one;
  }
  return Math.min(1, p);
}

/**
 * An interval whose coverage is at least the nominal one, whatever the share: Clopper and Pearson (1934), "The use of confidence or
 * fiducial limits illustrated in the case of the binomial". It is wider than Wilson's.
 * @throws RangeError unless 0 <= successes <= trials, both whole, trials above 0.
 */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): ShareInterval {
  check(successes, trials);
  const tail = (1 - confidence) / 2;
  return {
    share: successes / trials,
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
}

function check(successes: number, trials: number): void {
  if (!Number.isInteger(successes) || !Number.isInteger(trials) || trials < 1 || successes < 0 || successes > trials) {
    throw new RangeError(`successes of trials as whole numbers, not ${successes} of ${trials}`);
  }
}

/** The binomial distribution's quantile and distribution function, for any n that a run can produce. Pure. */

/** Terms smaller than the largest by this factor add nothing to a double. */
const NEGLIGIBLE = 1e-20;

export interface Binomial {
  /** P(B <= k). */
  atMost(k: number): number;
  /** The smallest k with P(B <= k) >= p. */
  quantile(p: number): number;
}

/**
 * The number of successes of n trials with probability q each, 0 < q < 1. The probabilities come from the recurrence
 * P(k+1)/P(k) = (n-k)/(k+1) q/(1-q), run outwards from the mode, where no term underflows, and are then scaled to a sum of 1:
 * O(sqrt n) terms matter.
 */
export function binomial(n: number, q: number): Binomial {
  const mode = Math.min(n, Math.floor((n + 1) * q));
  const odds = q / (1 - q);
  const below: number[] = [];
  for (let k = mode - 1, term = 1; k >= 0; k--) {
    term *= (k + 1) / ((n - k) * odds);
    if (term < NEGLIGIBLE) break;
    below.push(term);
  }
  const above: number[] = [];
  for (let k = mode + 1, term = 1; k <= n; k++) {
    term *= ((n - k + 1) * odds) / k;
    if (term < NEGLIGIBLE) break;
    above.push(term);
  }
  const first = mode - below.length;
  const cumulative = [...below.reverse(), 1, ...above];
  let sum = 0;
  for (const [i, term] of cumulative.entries()) {
    sum += term;
    cumulative[i] = sum;
  }
  return {
    atMost(k) {
      if (k < first) return 0;
      return k >= first + cumulative.length ? 1 : (cumulative[Math.floor(k) - first] as number) / sum;
    },
    quantile(p) {
      // A slack of some billionths: a sum of thousands of roundings must not push an exact hit to the next k.
      const at = cumulative.findIndex((value) => value >= p * sum * (1 - 1e-13));
      return at < 0 ? n : first + at;
    },
  };
}

/** Where a series stops warming up. Pure. */
import { doubledRanks } from './signed-rank.ts';

/** A series that only wobbles is cut this rarely. */
const SIGNIFICANCE = 0.01;
/** Fewer values than this have no change that could be told from chance. */
const MIN_VALUES = 10;

/**
 * Index of the first value of the steady part: 0 for a series that is steady from the beginning. Pettitt's rank test for a change-point,
 * again and again on what is behind the change, as long as that lies in the first half: what changes later is no warm-up. Pettitt (1979),
 * "A non-parametric approach to the change-point problem", with its approximate p-value 2 exp(-6 K^2 / (n^3 + n^2)).
 */
export function firstSteady(series: readonly number[]): number {
  const most = Math.floor(series.length / 2);
  let from = 0;
  for (;;) {
    const change = changePoint(series.slice(from));
    if (change === null || from + change > most) return from;
    from += change;
  }
}

/** How many values come before the most likely change; null when chance explains it. */
function changePoint(values: readonly number[]): number | null {
  const n = values.length;
  if (n < MIN_VALUES) return null;
  const doubled = doubledRanks(values);
  let sum = 0;
  let largest = 0;
  let at = 0;
  for (let t = 1; t < n; t++) {
    sum += doubled[t - 1] as number;
    const height = Math.abs(sum - t * (n + 1));
    if (height <= largest) continue;
    largest = height;
    at = t;
  }
  return 2 * Math.exp((-6 * largest ** 2) / (n ** 3 + n ** 2)) < SIGNIFICANCE ? at : null;
}

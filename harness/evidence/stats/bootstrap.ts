/** Intervals by resampling, group by group. Pure: the randomness is passed in. */
import { quantileOfSorted } from './quantile.ts';

export interface BootstrapOptions {
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  readonly resamples: number;
  readonly confidence: number;
}

/**
 * Percentile interval of a statistic of grouped values: groups are drawn with replacement, then members within each drawn group. Davison
 * and Hinkley (1997), "Bootstrap methods and their application", section 3.8. Values of one group (messages of a run) depend on each
 * other, so drawing them as if they did not would make the interval too narrow. For display: verdicts use exact tests.
 * @throws RangeError without a group, or with an empty one.
 */
export function hierarchicalBootstrap<Member>(
  groups: readonly (readonly Member[])[],
  statistic: (groups: readonly (readonly Member[])[]) => number,
  { random, resamples, confidence }: BootstrapOptions,
): { readonly low: number; readonly high: number } {
  if (groups.length === 0 || groups.some((group) => group.length === 0)) throw new RangeError('one group or more, none empty');
  const found = new Float64Array(resamples);
  for (let time = 0; time < resamples; time++) {
    found[time] = statistic(drawn(groups, random).map((group) => drawn(group, random)));
  }
  found.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantileOfSorted(found, tail), high: quantileOfSorted(found, 1 - tail) };
}

function drawn<Item>(items: readonly Item[], random: () => number): Item[] {
  return items.map(() => items[Math.floor(random() * items.length)] as Item);
}

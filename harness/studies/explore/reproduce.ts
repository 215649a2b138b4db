/** How often a schedule fails, and whether a smaller one fails often enough to replace it. */
import { wilsonInterval } from '../../evidence/stats/wilson.ts';

/** One more run: whether the violation showed; null if the run does not count. */
export type Attempt = () => Promise<boolean | null>;

export interface Reproduction {
  /** Runs that counted. */
  readonly runs: number;
  readonly failures: number;
  /** Wilson's interval for the share of runs that fail, at 95%; 0 to 1 if nothing counted. */
  readonly low: number;
  readonly high: number;
}

export interface Repeats {
  readonly failures: number;
  readonly runs: number;
}

/** Runs for a candidate of a schedule that always fails, and the maximum for any. */
const FEWEST = 3;
const MOST = 12;
/** Expected failures of a candidate that fails as often as the original. */
const EXPECTED = 3.6;

/**
 * How a candidate is tested if the schedule it comes from fails in this share of its runs: it is kept if it fails about half as often.
 * There are enough runs to miss a candidate that fails equally often at most once in ten times, down to a share of 0.3; below that, the
 * bound on the runs takes effect.
 */
export function repeatsFor(share: number): Repeats {
  const runs = share >= 0.9 ? FEWEST : Math.min(MOST, Math.ceil(EXPECTED / Math.max(share, Number.EPSILON)));
  return { runs, failures: Math.max(1, Math.round((runs * share) / 2)) };
}

/** Whether `failures` of `runs` runs fail; stops as soon as that is settled. Runs that do not count are repeated, up to as many again. */
export async function failsOften({ failures, runs }: Repeats, attempt: Attempt): Promise<boolean> {
  let failed = 0;
  let held = 0;
  for (let tried = 0; tried < 2 * runs && failed < failures && held <= runs - failures; tried += 1) {
    const outcome = await attempt();
    if (outcome === true) failed += 1;
    if (outcome === false) held += 1;
  }
  return failed >= failures;
}

/** Plays runs until `runs` have counted, or as many again were spent; `goOn` may end it earlier. */
export async function reproductionOf(runs: number, attempt: Attempt, goOn: () => boolean = () => true): Promise<Reproduction> {
  let counted = 0;
  let failures = 0;
  for (let tried = 0; tried < 2 * runs && counted < runs && goOn(); tried += 1) {
    const outcome = await attempt();
    if (outcome === null) continue;
    counted += 1;
    if (outcome) failures += 1;
  }
  return reproduction(counted, failures);
}

export function reproduction(runs: number, failures: number): Reproduction {
  const { low, high } = runs === 0 ? { low: 0, high: 1 } : wilsonInterval(failures, runs);
  return { runs, failures, low, high };
}

/** Quantiles of times of which some never came: the recovery of repeated faults. Pure. */
import { normalQuantile } from './normal.ts';

/** Times in any unit. An observed time is exact; a time that had not come when watching ended is known to be longer than it was watched. */
export interface CensoredSample {
  readonly came: readonly number[];
  readonly watched: readonly number[];
}

export interface CensoredQuantile {
  /** The smallest time by which a share q has come; null if watching ended earlier: it is not below the longest observed time. */
  readonly value: number | null;
  /** Its interval; null if the sample gives no bound on that side. */
  readonly low: number | null;
  readonly high: number | null;
}

interface Step {
  readonly time: number;
  /** Share that has not come by this time. */
  readonly survival: number;
  /** Sum of d / (n (n - d)) so far, Greenwood's; infinite once nothing is left. */
  readonly greenwood: number;
}

/** A product of fractions may miss the intended share by a rounding error; R's survfit tolerates as much. */
const SLACK = 1e-9;

/**
 * The q-quantile of a right-censored sample: Kaplan and Meier (1958), "Nonparametric estimation from incomplete observations"; of two
 * equal times, what came counts before what was cut off. Without censoring it is quantileOfSorted. The interval is Brookmeyer and
 * Crowley's (1982), from Greenwood's variance on the log-minus-log scale, as R's survfit gives with conf.type = "log-log": high is
 * null when the sample is too small, or too much of it was cut off, to bound the quantile from above.
 * @throws RangeError for an empty sample, a time that is no number, or q or confidence outside 0 to 1.
 */
export function censoredQuantile(sample: CensoredSample, q: number, confidence = 0.95): CensoredQuantile {
  if (!(q > 0 && q < 1) || !(confidence > 0 && confidence < 1)) {
    throw new RangeError(`a quantile and a confidence are above 0 and below 1, not ${q} and ${confidence}`);
  }
  const steps = survival(sample);
  const z = normalQuantile((1 + confidence) / 2);
  const reached = (share: (step: Step) => number): number | null =>
    steps.find((step) => share(step) <= 1 - q + SLACK)?.time ?? null;
  return {
    value: reached((step) => step.survival),
    low: reached((step) => bound(step, z)),
    high: reached((step) => bound(step, -z)),
  };
}

/** The survival curve: one step at each time at which something came, in order. */
function survival({ came, watched }: CensoredSample): Step[] {
  const all = [...came.map((time) => ({ time, cut: 0 })), ...watched.map((time) => ({ time, cut: 1 }))];
  if (all.length === 0) throw new RangeError('no time, no quantile');
  if (all.some(({ time }) => Number.isNaN(time))) throw new RangeError('a time is a number');
  all.sort((a, b) => a.time - b.time || a.cut - b.cut);
  const steps: Step[] = [];
  let left = all.length;
  let share = 1;
  let greenwood = 0;
  for (let at = 0; at < all.length; ) {
    const { time } = all[at] as (typeof all)[number];
    let events = 0;
    let size = 0;
    for (; at + size < all.length && all[at + size]?.time === time; size++) events += 1 - (all[at + size]?.cut ?? 0);
    if (events > 0) {
      share *= 1 - events / left;
      greenwood += events / (left * (left - events));
      steps.push({ time, survival: share, greenwood });
    }
    left -= size;
    at += size;
  }
  return steps;
}

/** Bound of the survival at a step: S^exp(z se), se of log(-log S) by the delta method. NaN, which reaches nothing, at 0. */
function bound({ survival: share, greenwood }: Step, z: number): number {
  const logShare = Math.log(share);
  return share ** Math.exp((z * Math.sqrt(greenwood)) / -logShare);
}

/**
 * How long the messages of a load waited for their answer, from the rows. Pure.
 *
 * A refusal is an answer, and no wait. A message that nobody answered waited for ever. A message is released when its sender leaves by
 * choice, or is kept away by a fault of its own side, while it waits: of one that was answered after the return, only the wait until the
 * release is charged to the server, which makes it a censored time. One that was never answered, although its sender came back, waited
 * for ever all the same.
 */
import { type Attempts, Outcome } from '../ledger/observations.ts';

export interface Waits {
  /** Microseconds to the acknowledgement. */
  readonly answeredUs: Float64Array;
  /** Microseconds until the sender left a message that was acknowledged later: the answer would have taken longer. */
  readonly releasedUs: Float64Array;
  /** Messages that nobody answered. */
  readonly unanswered: number;
}

export const NO_WAITS: Waits = { answeredUs: new Float64Array(0), releasedUs: new Float64Array(0), unanswered: 0 };

/** Whether the whole wait for the acknowledgement is the server's. */
export function isAnswered({ outcome, releasedUs }: Attempts, row: number): boolean {
  return outcome[row] === Outcome.acked && Number.isNaN(releasedUs[row] as number);
}

/** Whether nobody ever answered: neither acknowledged nor refused, written or not. */
export function isUnanswered({ outcome }: Attempts, row: number): boolean {
  return outcome[row] === Outcome.indeterminate || outcome[row] === Outcome.unsent;
}

/**
 * Of the messages that were meant to be sent at or after `fromUs`: from their intended time (response), or from their first write
 * (service), which those that were never written do not have.
 */
export function waitsOf(attempts: Attempts, since: 'intendedUs' | 'sentUs', fromUs = 0): Waits {
  const answeredUs: number[] = [];
  const releasedUs: number[] = [];
  let unanswered = 0;
  for (let row = 0; row < attempts.count; row++) {
    const sinceUs = attempts[since][row] as number;
    if (!((attempts.intendedUs[row] as number) >= fromUs) || Number.isNaN(sinceUs)) continue;
    if (isUnanswered(attempts, row)) unanswered += 1;
    else if (isAnswered(attempts, row)) answeredUs.push((attempts.settledUs[row] as number) - sinceUs);
    else if (attempts.outcome[row] === Outcome.acked)
      releasedUs.push(Math.max(0, (attempts.releasedUs[row] as number) - sinceUs));
  }
  return { answeredUs: Float64Array.from(answeredUs), releasedUs: Float64Array.from(releasedUs), unanswered };
}

/** Which of `count` answered times, counted from 1 in order of length, a share of all messages is within; null if it is never answered. */
export type RankOf = (share: number) => number | null;

/** A sum of shares may miss the intended one by a rounding error. */
const SLACK = 1e-9;

/**
 * Ranks for the quantiles of all messages. What is known of a released one is that it took longer than it was charged for, so that its
 * weight is spread over whatever took longer: the quantiles are Kaplan and Meier's (1958), in Efron's form (1967) of redistribution to
 * the right. Weight that is left beyond the longest answer belongs to that, unless something was never answered.
 */
export function rankOf(count: number, { answeredUs, releasedUs, unanswered }: Waits): RankOf {
  const weights = releasedUs.length === 0 ? null : cumulativeWeights(answeredUs, releasedUs, unanswered);
  return (share) => {
    if (count === 0) return null;
    const rank =
      weights === null ? Math.max(1, Math.ceil(share * (count + unanswered) - SLACK)) : firstAtLeast(weights, share - SLACK) + 1;
    if (rank <= count) return rank;
    return unanswered > 0 ? null : count;
  };
}

/** The share of all messages that each answered time, in order of length, is the end of. */
function cumulativeWeights(answeredUs: Float64Array, releasedUs: Float64Array, unanswered: number): Float64Array {
  const answered = answeredUs.toSorted();
  const released = releasedUs.toSorted();
  const cumulative = new Float64Array(answered.length);
  let left = answered.length + released.length + unanswered;
  let weight = 1 / left;
  let sum = 0;
  let next = 0;
  for (let at = 0; at < answered.length; at++) {
    // Of two equal times, what came counts before what was cut off.
    while (next < released.length && (released[next] as number) < (answered[at] as number)) {
      left -= 1;
      weight += weight / left;
      next += 1;
    }
    sum += weight;
    left -= 1;
    cumulative[at] = sum;
  }
  return cumulative;
}

/** Place of the first that is at least `share`; the length if there is none. `ascending` is sorted. */
function firstAtLeast(ascending: Float64Array, share: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) >= share) high = middle;
    else low = middle + 1;
  }
  return low;
}

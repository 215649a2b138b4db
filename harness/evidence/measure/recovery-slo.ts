/** When a service level was regained, confirmed by holding it for a second. Pure. */
import { type Attempts, Outcome } from '../ledger/observations.ts';

const SLOT_US = 10_000;
const SUSTAINED_SLOTS = 100;

/** The share of messages to be acknowledged within `us` of their intended time, and the end of the observation. */
export interface Goal {
  readonly us: number;
  readonly share: number;
  readonly endUs: number;
}

/**
 * Start of the first second, in steps of 10 ms from `fromUs`, in which the goal's share of the messages was acknowledged in time. A second
 * without a message that was sent shows nothing. NaN if there is no such second before the end.
 */
export function regainedAtUs(
  attempts: Attempts,
  concerns: (row: number) => boolean,
  fromUs: number,
  { us: withinUs, share, endUs }: Goal,
): number {
  const slots = Math.max(0, Math.floor((endUs - fromUs) / SLOT_US));
  const all = new Float64Array(slots);
  const good = new Float64Array(slots);
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    const slot = Math.floor((intended - fromUs) / SLOT_US);
    if (!(slot >= 0 && slot < slots) || attempts.outcome[row] === Outcome.unsent || !concerns(row)) continue;
    all[slot] = (all[slot] as number) + 1;
    const tookUs = (attempts.settledUs[row] as number) - intended;
    if (attempts.outcome[row] === Outcome.acked && tookUs <= withinUs) good[slot] = (good[slot] as number) + 1;
  }
  let messages = 0;
  let inTime = 0;
  for (let end = 0; end < slots; end++) {
    messages += all[end] as number;
    inTime += good[end] as number;
    const first = end + 1 - SUSTAINED_SLOTS;
    if (first < 0) continue;
    if (messages > 0 && inTime >= share * messages) return fromUs + first * SLOT_US;
    messages -= all[first] as number;
    inTime -= good[first] as number;
  }
  return Number.NaN;
}

/** When a service level was regained for good measure: sustained for a second. Pure. */
import { type Attempts, Outcome } from '../ledger/observations.ts';

const SLOT_US = 100_000;
const SUSTAINED_SLOTS = 10;
const GOOD_SHARE = 0.99;

/**
 * Start of the first second, in steps of 100 ms from `fromUs`, of whose messages at least 99% were acknowledged within `sloUs` of
 * their intended time. A second without a message that was sent shows nothing. NaN when there is no such second before `endUs`.
 */
export function regainedAtUs(
  attempts: Attempts,
  concerns: (row: number) => boolean,
  fromUs: number,
  endUs: number,
  sloUs: number,
): number {
  const slots = Math.max(0, Math.floor((endUs - fromUs) / SLOT_US));
  const all = new Float64Array(slots);
  const good = new Float64Array(slots);
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    const slot = Math.floor((intended - fromUs) / SLOT_US);
    if (!(slot >= 0 && slot < slots) || attempts.outcome[row] === Outcome.unsent || !concerns(row)) continue;
    all[slot] = (all[slot] as number) + 1;
    const inTime = attempts.outcome[row] === Outcome.acked && (attempts.settledUs[row] as number) - intended <= sloUs;
    if (inTime) good[slot] = (good[slot] as number) + 1;
  }
  const sum = (column: Float64Array, from: number): number =>
    column.subarray(from, from + SUSTAINED_SLOTS).reduce((total, count) => total + count, 0);
  for (let slot = 0; slot + SUSTAINED_SLOTS <= slots; slot++) {
    const messages = sum(all, slot);
    if (messages > 0 && sum(good, slot) >= GOOD_SHARE * messages) return fromUs + slot * SLOT_US;
  }
  return Number.NaN;
}

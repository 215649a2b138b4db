/** When a service level was regained for good, confirmed by holding it for a second. Pure. */
import { type Attempts, Outcome } from '../ledger/observations.ts';

const SLOT_US = 10_000;
const SUSTAINED_SLOTS = 100;

/** A fault was regained from for good if no second after that was bad to this degree: so many times the late messages that the level allows. */
const SEVERE = 10;
/** A single stall of a machine makes the seconds bad that it lies in: their beginnings span one second. Trouble that spans two goes on. */
const LASTING_SLOTS = 2 * SUSTAINED_SLOTS;
/** How many standard deviations more late messages than the level allows are not put down to chance. */
const BEYOND_CHANCE = 3;

/** The share of messages to be acknowledged within `us` of their intended time. */
export interface Goal {
  readonly us: number;
  readonly share: number;
  /** Until then, trouble that comes after the level was first regained is this fault's: until the next fault, or the end. */
  readonly windowEndUs: number;
  /** The end of the observation. */
  readonly endUs: number;
}

/**
 * The end of the last trouble: the start of the first second, in steps of 10 ms, in which the goal's share of the messages was acknowledged
 * in time, and which no worse second follows in the fault's window. A fault may begin to hurt late, so that the first good second alone
 * shows nothing. A message that was never written, or never answered, is late. A second without a message shows nothing. NaN if there is
 * no such second before the end.
 *
 * A later second is bad if more of its messages were late than chance explains, and counts if it is severe, or if trouble lasts: on any
 * machine a second has a few late messages more now and then, with or without a fault.
 */
export function regainedAtUs(
  attempts: Attempts,
  concerns: (row: number) => boolean,
  fromUs: number,
  { us: withinUs, share, windowEndUs, endUs }: Goal,
): number {
  const slots = Math.max(0, Math.floor((endUs - fromUs) / SLOT_US));
  /** Sums up to the slot, so that the messages of a second are a difference. */
  const all = new Float64Array(slots + 1);
  const late = new Float64Array(slots + 1);
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    const slot = Math.floor((intended - fromUs) / SLOT_US);
    if (!(slot >= 0 && slot < slots) || !concerns(row)) continue;
    all[slot + 1] = (all[slot + 1] as number) + 1;
    const tookUs = (attempts.settledUs[row] as number) - intended;
    if (attempts.outcome[row] !== Outcome.acked || !(tookUs <= withinUs)) late[slot + 1] = (late[slot + 1] as number) + 1;
  }
  for (let slot = 0; slot < slots; slot++) {
    all[slot + 1] = (all[slot + 1] as number) + (all[slot] as number);
    late[slot + 1] = (late[slot + 1] as number) + (late[slot] as number);
  }
  const inSecond = (sums: Float64Array, first: number): number =>
    (sums[first + SUSTAINED_SLOTS] as number) - (sums[first] as number);
  const allowed = (first: number): number => (1 - share) * inSecond(all, first);

  const firstGood = (from: number): number => {
    for (let first = from; first + SUSTAINED_SLOTS <= slots; first++) {
      // Of a share as it is written, 1 - share misses its value by a rounding error.
      if (inSecond(all, first) > 0 && inSecond(late, first) <= allowed(first) + 1e-9) return first;
    }
    return -1;
  };
  const regained = firstGood(0);
  if (regained < 0) return Number.NaN;

  const windowSlots = Math.min(slots, Math.floor((windowEndUs - fromUs) / SLOT_US));
  let lasting = 0;
  let relapse = -1;
  for (let first = regained; first + SUSTAINED_SLOTS <= windowSlots; first++) {
    const chance = BEYOND_CHANCE * Math.sqrt(allowed(first)) + 1;
    const isBad = inSecond(late, first) > allowed(first) + chance;
    lasting = isBad ? lasting + 1 : 0;
    if (lasting >= LASTING_SLOTS || inSecond(late, first) > SEVERE * allowed(first) + chance) relapse = first;
  }
  const first = relapse < 0 ? regained : firstGood(relapse + 1);
  return first < 0 ? Number.NaN : fromUs + first * SLOT_US;
}

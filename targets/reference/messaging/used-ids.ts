/**
 * Which ids the devices of a user have given to messages, as their process knows it. Pure.
 *
 * The highest is told in WELCOME, so that a client that lost count goes on above it. It is on record ahead of its use, so that no
 * crash makes it lower.
 */
import { historyUpTo, type IdHistory, note, type Standing } from '../../protocol/id-history.ts';

/** Ids put on record ahead: one write of the profile for so many messages. */
export const IDS_AHEAD = 1_024;

export interface UsedIds {
  readonly device: string;
  /** No id above it was ever taken from this device. */
  highest: number;
  /** On record: after a crash, this is the highest. */
  recorded: number;
  history: IdHistory;
}

export type RecordedIds = readonly (readonly [device: string, highestId: number])[];

/** What is known of `device`; of one never heard of, that it used nothing. */
export function usedIdsOf(all: UsedIds[], device: string): UsedIds {
  const known = all.find((one) => one.device === device);
  if (known !== undefined) return known;
  const made: UsedIds = { device, highest: 0, recorded: 0, history: historyUpTo(0) };
  all.push(made);
  return made;
}

/** What was on record, when the process starts: anything up to there may have been sent. */
export function restoreUsedIds(recorded: RecordedIds): UsedIds[] {
  return recorded.map(([device, highest]) => ({ device, highest, recorded: highest, history: historyUpTo(highest) }));
}

/** Notes that a SEND carries `id`. */
export function use(ids: UsedIds, id: number): Standing {
  if (id > ids.highest) ids.highest = id;
  return note(ids.history, id);
}

/** Whether the record must be written before a message with the highest id is handed on. */
export function mustRecord(ids: UsedIds): boolean {
  return ids.highest > ids.recorded;
}

/** What is to be on record while messages are being sent. */
export function recordAhead(all: readonly UsedIds[]): RecordedIds {
  return all.map((one) => {
    if (mustRecord(one) || one.recorded === 0) one.recorded = Math.min(Number.MAX_SAFE_INTEGER, one.highest + IDS_AHEAD);
    return [one.device, one.recorded];
  });
}

/** What is to be on record when nothing more will be sent: no more than what was used. */
export function recordExactly(all: readonly UsedIds[]): RecordedIds {
  return all.map((one) => {
    one.recorded = one.highest;
    return [one.device, one.highest];
  });
}

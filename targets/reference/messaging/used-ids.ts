/**
 * Which ids the devices of a user have given to messages, as their process knows it. Pure.
 *
 * WELCOME states the highest, so that a client that lost count continues above it. It is recorded ahead of its use, so that no
 * crash makes it lower.
 */
import { historyUpTo, type IdHistory, note, type Standing } from '../../protocol/id-history.ts';

/** How many ids are recorded ahead. The next ones are recorded when half of them are used, so no message waits for that write. */
export const IDS_AHEAD = 1_024;

export interface UsedIds {
  readonly device: string;
  /** No id above it was ever taken from this device. */
  highest: number;
  /** On record, or asked to be: after a crash, this is the highest. */
  recorded: number;
  /** On record for certain. */
  durable: number;
  history: IdHistory;
}

export type RecordedIds = readonly (readonly [device: string, highestId: number])[];

/** `forgottenId`: the highest of the devices that are known no more. */
interface OfUser {
  usedIds: UsedIds[];
  forgottenId: number;
}

/** What is known of `device`; of one that is new, or was forgotten, that it used nothing above what forgotten ones have. */
export function usedIdsOf({ usedIds, forgottenId }: OfUser, device: string): UsedIds {
  const known = usedIds.find((one) => one.device === device);
  if (known !== undefined) return known;
  const made = { device, highest: forgottenId, recorded: forgottenId, durable: forgottenId, history: historyUpTo(0) };
  usedIds.push(made);
  return made;
}

/** Keeps of the devices that are known no more one number: receivers remember their ids, and they may come back. */
export function forgetUsedIds(of: OfUser, isKnown: (device: string) => boolean): void {
  for (const { device, highest } of of.usedIds) if (!isKnown(device)) of.forgottenId = Math.max(of.forgottenId, highest);
  of.usedIds = of.usedIds.filter(({ device }) => isKnown(device));
}

/** What was on record, when the process starts: anything up to there may have been sent. */
export function restoreUsedIds(recorded: RecordedIds): UsedIds[] {
  return recorded.map(([device, highest]) => ({
    device,
    highest,
    recorded: highest,
    durable: highest,
    history: historyUpTo(highest),
  }));
}

/** Notes that a SEND carries `id`. */
export function use(ids: UsedIds, id: number): Standing {
  if (id > ids.highest) ids.highest = id;
  return note(ids.history, id);
}

/** Whether more ids must be recorded. */
export function mustRecord({ highest, recorded }: UsedIds): boolean {
  return recorded < Number.MAX_SAFE_INTEGER && highest > recorded - IDS_AHEAD / 2;
}

/** Whether a message with this id may be handed on: should a crash follow, its id is on record. */
export function isOnRecord(ids: UsedIds, id: number): boolean {
  return id <= ids.durable;
}

/** The value to record while messages are being sent; the caller reports it to confirmRecorded once it is recorded. */
export function recordAhead(all: readonly UsedIds[]): RecordedIds {
  return all.map((one) => {
    if (mustRecord(one)) one.recorded = Math.min(Number.MAX_SAFE_INTEGER, one.highest + IDS_AHEAD);
    return [one.device, one.recorded];
  });
}

/** What is on record already, or asked to be. */
export function recordAgain(all: readonly UsedIds[]): RecordedIds {
  return all.map(({ device, recorded }) => [device, recorded]);
}

/** What recordAhead gave is on record. */
export function confirmRecorded(all: readonly UsedIds[], recorded: RecordedIds): void {
  for (const [device, highest] of recorded) {
    const known = all.find((one) => one.device === device);
    if (known !== undefined && known.durable < highest) known.durable = Math.min(highest, known.recorded);
  }
}

/** The value to record when nothing more will be sent: no more than what was used. */
export function recordExactly(all: readonly UsedIds[]): RecordedIds {
  return all.map((one) => {
    one.recorded = one.highest;
    one.durable = Math.min(one.durable, one.highest);
    return [one.device, one.highest];
  });
}

/** What is stored about a user besides messages: each device's cursor, used ids and last time seen, and waiting receipts. */
import type { ReceiptKind } from '../../protocol/frames.ts';
import type { Pid } from '../runtime/pid.ts';
import { forgetUsedIds, type RecordedIds, recordAgain, recordAhead, recordExactly } from './used-ids.ts';
import type { UserState } from './user-state.ts';

export interface Profile {
  readonly lastSeenMs: number;
  /** A device's `seenMs` is 0 in what was written before it was kept. */
  readonly cursors: readonly (readonly [device: string, cursor: number, seenMs: number])[];
  /** See Mailbox.floor. */
  readonly floor: number;
  readonly usedIds: RecordedIds;
  /** See UserState.forgottenId. */
  readonly forgottenId: number;
  readonly receipts: readonly {
    readonly kind: ReceiptKind;
    readonly sender: string;
    readonly id: number;
    readonly by: string;
  }[];
}

const EMPTY: Profile = { lastSeenMs: 0, cursors: [], floor: 0, usedIds: [], forgottenId: 0, receipts: [] };

export function writeProfile(profile: Profile): string {
  return JSON.stringify({
    seen: profile.lastSeenMs,
    cursors: profile.cursors,
    floor: profile.floor,
    ids: profile.usedIds,
    forgottenId: profile.forgottenId,
    receipts: profile.receipts.map((one) => [one.kind, one.sender, one.id, one.by]),
  });
}

/** Throws SyntaxError or TypeError when `text` is not what writeProfile wrote. */
export function readProfile(text: string | null): Profile {
  if (text === null) return EMPTY;
  // Profiles written before ids, floor and a device's time were on record have none.
  const {
    seen,
    cursors,
    floor = 0,
    ids = [],
    forgottenId = 0,
    receipts,
  } = JSON.parse(text) as {
    readonly seen: number;
    readonly cursors: readonly (readonly [string, number, number?])[];
    readonly floor?: number;
    readonly ids?: RecordedIds;
    readonly forgottenId?: number;
    readonly receipts: readonly (readonly [ReceiptKind, string, number, string])[];
  };
  return {
    lastSeenMs: seen,
    cursors: cursors.map(([device, cursor, seenMs = 0]) => [device, cursor, seenMs]),
    floor,
    usedIds: ids,
    forgottenId,
    receipts: receipts.map(([kind, sender, id, by]) => ({ kind, sender, id, by })),
  };
}

/** More ids than before are put on record only where somebody is told that they are. */
function idsToRecord({ usedIds }: UserState, isAwaited: boolean, when: 'at-work' | 'at-rest'): RecordedIds {
  if (when === 'at-rest') return recordExactly(usedIds);
  return isAwaited ? recordAhead(usedIds) : recordAgain(usedIds);
}

/**
 * Writes down what is not in the entries: devices, ids used, last seen, receipts that wait. Returns and answers as saveProfile does.
 * `at-rest`: nothing more will be sent before the next save.
 */
export function save(state: UserState, to: Pid | null, nowMs: number, when: 'at-work' | 'at-rest' = 'at-work'): boolean {
  const { devices, floor } = state.mailbox;
  if (devices.length === 0 && state.receipts === null && !state.onRecord) return true;
  state.onRecord = true;
  for (const { device } of state.outlets) device.seenMs = nowMs;
  const cursors = devices.map(({ device, cursor, seenMs }) => [device, cursor, seenMs] as const);
  forgetUsedIds(state, (device) => state.mailbox.find(device) !== null);
  const usedIds = idsToRecord(state, to !== null, when);
  const { lastSeenMs, forgottenId, receipts } = state;
  const profile = writeProfile({ lastSeenMs, cursors, floor, usedIds, forgottenId, receipts: receipts ?? [] });
  return state.world.store.saveProfile(state.mandate, profile, to);
}

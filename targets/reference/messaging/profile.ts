/** What is kept of a user besides messages: how far each device has come, which ids it used, when it was last seen, receipts for it. */
import type { ReceiptKind } from '../../protocol/frames.ts';
import type { Pid } from '../runtime/pid.ts';
import { type RecordedIds, recordAhead, recordExactly } from './used-ids.ts';
import type { UserState } from './user-state.ts';

export interface Profile {
  readonly lastSeenMs: number;
  readonly cursors: readonly (readonly [device: string, cursor: number])[];
  readonly usedIds: RecordedIds;
  readonly receipts: readonly {
    readonly kind: ReceiptKind;
    readonly sender: string;
    readonly id: number;
    readonly by: string;
  }[];
}

const EMPTY: Profile = { lastSeenMs: 0, cursors: [], usedIds: [], receipts: [] };

export function writeProfile(profile: Profile): string {
  return JSON.stringify({
    seen: profile.lastSeenMs,
    cursors: profile.cursors,
    ids: profile.usedIds,
    receipts: profile.receipts.map((one) => [one.kind, one.sender, one.id, one.by]),
  });
}

/** Throws SyntaxError or TypeError when `text` is not what writeProfile wrote. */
export function readProfile(text: string | null): Profile {
  if (text === null) return EMPTY;
  // Profiles written before ids were on record have none.
  const {
    seen,
    cursors,
    ids = [],
    receipts,
  } = JSON.parse(text) as {
    readonly seen: number;
    readonly cursors: readonly (readonly [string, number])[];
    readonly ids?: RecordedIds;
    readonly receipts: readonly (readonly [ReceiptKind, string, number, string])[];
  };
  return {
    lastSeenMs: seen,
    cursors,
    usedIds: ids,
    receipts: receipts.map(([kind, sender, id, by]) => ({ kind, sender, id, by })),
  };
}

/**
 * Writes down what is not in the entries: cursors, ids used, last seen, receipts that wait. Returns and answers as saveProfile does.
 * `at-rest`: nothing more will be sent before the next save.
 */
export function save(state: UserState, to: Pid | null, when: 'at-work' | 'at-rest' = 'at-work'): boolean {
  const cursors = state.mailbox.devices.map(({ device, cursor }) => [device, cursor] as const);
  if (cursors.length === 0 && state.receipts === null) return true;
  // What a device that is known no more had used is known to the receivers.
  state.usedIds = state.usedIds.filter(({ device }) => state.mailbox.find(device) !== null);
  const usedIds = when === 'at-rest' ? recordExactly(state.usedIds) : recordAhead(state.usedIds);
  const profile = writeProfile({ lastSeenMs: state.lastSeenMs, cursors, usedIds, receipts: state.receipts ?? [] });
  return state.world.store.saveProfile(state.mandate, profile, to);
}

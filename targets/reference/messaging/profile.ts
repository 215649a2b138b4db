/** What is kept of a user besides messages: how far each device has come, when it was last seen, receipts for it. */
import type { ReceiptKind } from '../../protocol/frames.ts';

export interface Profile {
  readonly lastSeenMs: number;
  readonly cursors: readonly (readonly [device: string, cursor: number])[];
  readonly receipts: readonly {
    readonly kind: ReceiptKind;
    readonly sender: string;
    readonly id: number;
    readonly by: string;
  }[];
}

const EMPTY: Profile = { lastSeenMs: 0, cursors: [], receipts: [] };

export function writeProfile(profile: Profile): string {
  return JSON.stringify({
    seen: profile.lastSeenMs,
    cursors: profile.cursors,
    receipts: profile.receipts.map((one) => [one.kind, one.sender, one.id, one.by]),
  });
}

/** Throws SyntaxError or TypeError when `text` is not what writeProfile wrote. */
export function readProfile(text: string | null): Profile {
  if (text === null) return EMPTY;
  const { seen, cursors, receipts } = JSON.parse(text) as {
    readonly seen: number;
    readonly cursors: readonly (readonly [string, number])[];
    readonly receipts: readonly (readonly [ReceiptKind, string, number, string])[];
  };
  return { lastSeenMs: seen, cursors, receipts: receipts.map(([kind, sender, id, by]) => ({ kind, sender, id, by })) };
}

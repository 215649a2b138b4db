/** Whoever follows a run while it goes on: a room of consumers of RunEvents. None of them can slow the run down or end it. */
import type { Result } from '../../evidence/result/result.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';

/** What a watcher sees: the run, event by event, and what came of it. Without an end the run was interrupted, or could not be played. */
export type WatchEvent = RunEvent | { readonly kind: 'end'; readonly result: Result; readonly reportPath: string };

export interface Watcher {
  /** Returns at once and throws nothing. */
  event(event: WatchEvent): void;
  /** Tells what is still to be told, within a few seconds, and lets go of what it opened; idempotent, never rejects. */
  close(): Promise<void>;
}

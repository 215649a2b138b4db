/** The interface of everything that follows a run while it goes on. No watcher can slow the run down or end it. */
import type { Result } from '../../evidence/result/result.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';

/** What a watcher sees: the run, event by event, and its outcome. If there is no end, the run was interrupted or could not be played. */
export type WatchEvent = RunEvent | { readonly kind: 'end'; readonly result: Result; readonly reportPath: string };

export interface Watcher {
  /** Returns at once and throws nothing. */
  event(event: WatchEvent): void;
  /** Sends what remains to be sent, within a few seconds, and releases what it opened; idempotent, never rejects. */
  close(): Promise<void>;
}

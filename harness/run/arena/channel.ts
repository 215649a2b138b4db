/** The messages between the two halves of an arena, over the channel that the launcher opened. */
import type { ProcessIdentity } from './process-identity.ts';

/** Tells the inner process that it is in an arena; see inside.ts. */
export const ARENA_VARIABLE = 'LETITCRASH_ARENA';
export const PASSED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type PassedSignal = (typeof PASSED_SIGNALS)[number];

/** A run folder whose journal begins in the arena, and where the pointers to journals are. */
export interface JournalPlace {
  readonly folder: string;
  readonly stateFolder: string;
}

/** What the inner process sends back: journals, news that the launcher's caller understands, and finally its end. */
export type InnerMessage =
  | { readonly type: 'journal'; readonly journal: JournalPlace; readonly state: 'begun' | 'ended' }
  | { readonly type: 'news'; readonly news: unknown }
  | { readonly type: 'end'; readonly exitCode: number };

/** What the launcher sends to the inner process; the end of the channel also means that the launcher is gone. */
export type LauncherMessage =
  | { readonly type: 'arena'; readonly arena: HeldArena }
  | { readonly type: 'signal'; readonly signal: PassedSignal };

/** The process that holds an arena open, and the pid namespace in which that id means something. */
export interface HeldArena extends ProcessIdentity {
  readonly pidNamespace: string | null;
}

/**
 * The inner end of a run in an arena, as process 1 there. It plays the plan that it is sent, reports progress and how the run ended, and
 * ends.
 */

import { RunError, type RunErrorCode } from '../../contracts/run-error.ts';
import type { ProfileKind } from '../../evidence/result/profile.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { settleInside, tellLauncher } from '../../run/arena/inside.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';
import { playPlan, type RunOutcome } from './play-plan.ts';

export interface PlayMessage {
  readonly type: 'play';
  readonly plan: Plan;
  /** Absolute. */
  readonly outDir: string;
  readonly profile: ProfileKind | null;
}

export interface AbortMessage {
  readonly type: 'abort';
}

/** Ends the run early; what was measured is kept. */
export interface InterruptMessage {
  readonly type: 'interrupt';
  /** Who asked for it, in words. */
  readonly by: string;
}

export interface FailedMessage {
  readonly type: 'failed';
  readonly name: string;
  /** The remedy of a RunError; null for any other error. */
  readonly code: RunErrorCode | null;
  readonly message: string;
}

export interface DoneMessage {
  readonly type: 'done';
  readonly outcome: RunOutcome;
}

/** What is reported from inside: events, and finally how the run ended. */
export type ArenaNews = { readonly type: 'event'; readonly event: RunEvent } | DoneMessage | FailedMessage;

const tell = (news: ArenaNews): Promise<void> => tellLauncher(news);

async function play(
  { plan, outDir, profile }: PlayMessage,
  { signal, interrupt }: { readonly signal: AbortSignal; readonly interrupt: AbortSignal },
): Promise<DoneMessage | FailedMessage> {
  try {
    const outcome = await playPlan(plan, {
      outDir,
      signal,
      interrupt,
      onProgress: (event) => void tell({ type: 'event', event }),
      ...(profile === null ? {} : { profile }),
    });
    return { type: 'done', outcome };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { type: 'failed', name, code: error instanceof RunError ? error.code : null, message };
  }
}

const abort = new AbortController();
const interrupt = new AbortController();
// Before anything is awaited, since messages come one after the other and none comes twice.
const job = new Promise<PlayMessage>((resolve) => {
  process.on('message', (message: PlayMessage | AbortMessage | InterruptMessage | { readonly type: 'other' }) => {
    if (message.type === 'play') resolve(message);
    else if (message.type === 'abort') abort.abort();
    else if (message.type === 'interrupt') interrupt.abort(message.by);
  });
});
await settleInside();
// Until there is a run, nothing else keeps this process alive.
process.channel?.ref();
await tell(await play(await job, { signal: abort.signal, interrupt: interrupt.signal }));
process.exit();

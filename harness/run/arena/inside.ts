/**
 * The inner half of an arena: knows that this process is in one, and ensures that it does not outlive its launcher. The kernel ensures the
 * latter too; the channel covers the moment before the kernel was asked.
 */
import { constants } from 'node:os';
import {
  ARENA_VARIABLE,
  type HeldArena,
  type InnerMessage,
  type JournalPlace,
  type LauncherMessage,
  type PassedSignal,
} from './channel.ts';

let arena: HeldArena | null = null;

/** The arena that this process is in, as seen from outside: the process that holds it open. Null outside, and before `settleInside`. */
export function presentArena(): HeldArena | null {
  return arena;
}

/** Whether a launcher started this process in an arena: it is marked as such, and is process 1 of its namespace. */
export function wasLaunchedInArena(): boolean {
  return process.env[ARENA_VARIABLE] !== undefined && process.pid === 1;
}

/** Takes the launcher's word and follows it from now on. Children are not marked, because they are not process 1. */
export async function settleInside(): Promise<HeldArena> {
  if (arena !== null) return arena;
  Reflect.deleteProperty(process.env, ARENA_VARIABLE);
  if (!process.connected) leave();
  process.once('disconnect', leave);
  process.once('exit', (exitCode) => {
    if (process.connected) process.send?.({ type: 'end', exitCode } satisfies InnerMessage);
  });
  arena = await new Promise<HeldArena>((resolve) => {
    process.on('message', (message: LauncherMessage | { readonly type: 'other' }) => {
      if (message.type === 'arena') resolve(message.arena);
      else if (message.type === 'signal') receive(message.signal);
    });
  });
  // The channel must not keep a finished command alive.
  process.channel?.unref();
  return arena;
}

/** Sends the launcher's caller a value that JSON can express; resolves when it is written, or when nobody is there to read it. */
export function tellLauncher(news: unknown): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (process.connected) process.send?.({ type: 'news', news } satisfies InnerMessage, undefined, undefined, () => resolve());
  else resolve();
  return promise;
}

/** Tells the launcher that a journal is about to begin, or has ended: whatever happens to this process, the launcher takes care of it. */
export function tellOfJournal(journal: JournalPlace, state: 'begun' | 'ended'): void {
  if (process.connected) process.send?.({ type: 'journal', journal, state } satisfies InnerMessage);
}

/** The launcher is gone, and the kernel about to end us. */
function leave(): never {
  process.exit(128 + constants.signals.SIGHUP);
}

/** Acts as if the signal had come; if nothing listens, it ends the process, which the kernel would not do to process 1. */
function receive(signal: PassedSignal): void {
  if (!process.emit(signal, signal)) process.exit(128 + constants.signals[signal]);
}

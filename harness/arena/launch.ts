/**
 * The outer half of an arena: starts a command inside, passes signals on, and ends as it ends. It holds nothing else, so that nothing
 * is lost with it.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { inNamespaces } from './namespaces.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';

/** Tells the inner process that it is one; see inside.ts. */
export const ARENA_VARIABLE = 'LETITCRASH_ARENA';

/** What the launcher says to the inner process, over a channel whose end also says that the launcher is gone. */
export type LauncherMessage =
  | { readonly type: 'arena'; readonly arena: ProcessIdentity }
  | { readonly type: 'signal'; readonly signal: PassedSignal };

/** What the inner process says back: news, which the launcher's caller understands, and last of all its end. */
export type InnerMessage =
  | { readonly type: 'news'; readonly news: unknown }
  | { readonly type: 'end'; readonly exitCode: number };

export const PASSED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type PassedSignal = (typeof PASSED_SIGNALS)[number];

const KILLED = 128 + constants.signals.SIGKILL;

/**
 * Runs a Node program in an arena, on this process's streams. Resolves with its exit code, or a shell's when it was killed. What it tells
 * with `tellLauncher` is given to `onNews`.
 */
export function launchInArena(program: readonly string[], onNews: (news: unknown) => void = () => undefined): Promise<number> {
  const { file, args } = inNamespaces([process.execPath, ...process.execArgv, ...program]);
  const env = { ...process.env, [ARENA_VARIABLE]: '1' };
  const child = spawn(file, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  const tell = (message: LauncherMessage): void => {
    // An inner process that is ending answers by its exit.
    if (child.connected) child.send(message, () => undefined);
  };
  // unshare itself, as it is seen from outside: it lives exactly as long as process 1, and is in the same network.
  const arena = child.pid === undefined ? null : identify(child.pid);
  if (arena !== null) tell({ type: 'arena', arena });
  // By message, not by signal: process 1 of a pid namespace is deaf to signals until it listens, and messages wait.
  const passOn = PASSED_SIGNALS.map((signal) => {
    const listener = (): void => tell({ type: 'signal', signal });
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  let ended: number | null = null;
  child.on('message', (message: InnerMessage) => {
    if (message.type === 'end') ended = message.exitCode;
    else onNews(message.news);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    const over = (): void => {
      for (const stop of passOn) stop();
      // unshare's own exit code does not tell a process that was killed from one that ended with 1.
      resolve(ended ?? KILLED);
    };
    // The last message may still be in the channel.
    child.once('exit', () => (child.connected ? child.once('disconnect', over) : over()));
  });
}

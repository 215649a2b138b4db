/**
 * The outer half of an arena: starts a program inside, and ends as it ends. Around a command it passes on signals and holds nothing else,
 * so that nothing is lost with it.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { handOver } from '../tools/hand-over.ts';
import { ARENA_VARIABLE, type InnerMessage, type LauncherMessage, PASSED_SIGNALS } from './channel.ts';
import { inNamespaces } from './namespaces.ts';
import { identify, pidNamespace } from './process-identity.ts';
import { Reaper } from './reaper.ts';

const KILLED = 128 + constants.signals.SIGKILL;

export interface ArenaProgram {
  readonly child: ChildProcess;
  /** Its exit code, or that of a shell if it was killed. Rejects if it could not be started. */
  readonly ended: Promise<number>;
}

/**
 * Starts a Node program as process 1 of an arena; `stdio` has an IPC channel, on which it is told so. What it sends with `tellLauncher` is
 * given to `onNews`.
 */
export function startInArena(
  nodeArguments: readonly string[],
  options: SpawnOptions,
  onNews: (news: unknown) => void,
): ArenaProgram {
  const { file, args } = inNamespaces([process.execPath, ...nodeArguments]);
  const child = spawn(file, args, { ...options, env: { ...process.env, [ARENA_VARIABLE]: '1' } });
  return handOver(child, () => {
    // unshare itself, as seen from outside: it lives exactly as long as process 1, and is in the same network.
    const holder = child.pid === undefined ? null : identify(child.pid);
    if (holder !== null) tellInside(child, { type: 'arena', arena: { ...holder, pidNamespace: pidNamespace() } });
    return { child, ended: endOf(child, onNews) };
  });
}

function tellInside(child: ChildProcess, message: LauncherMessage): void {
  // An inner process that is ending answers by its exit.
  if (child.connected) child.send(message, () => undefined);
}

/** Runs a Node program in an arena, on this process's streams. Resolves with its exit code, or a shell's when it was killed. */
export async function launchInArena(
  program: readonly string[],
  onNews: (news: unknown) => void = () => undefined,
): Promise<number> {
  const streams: SpawnOptions = { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] };
  const { child, ended } = startInArena([...process.execArgv, ...program], streams, onNews);
  // By message, not by signal: process 1 of a pid namespace ignores signals until it listens, whereas messages wait.
  const passOn = PASSED_SIGNALS.map((signal) => {
    const listener = (): void => tellInside(child, { type: 'signal', signal });
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return ended.finally(() => {
    for (const stop of passOn) stop();
  });
}

function endOf(child: ChildProcess, onNews: (news: unknown) => void): Promise<number> {
  let ended: number | null = null;
  const reaper = new Reaper();
  child.on('message', (message: InnerMessage) => {
    if (message.type === 'end') ended = message.exitCode;
    else if (message.type === 'journal') reaper.hear(message.journal, message.state);
    else onNews(message.news);
  });
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    // unshare's own exit code does not distinguish a process that was killed from one that ended with 1.
    const over = (): void => resolve(ended ?? KILLED);
    // The last message may still be in the channel.
    child.once('exit', () => (child.connected ? child.once('disconnect', over) : over()));
  }).finally(() => reaper.finish());
}

/**
 * Makes a running Node process open its inspector, on loopback and a port of its own choice.
 *
 * Node does so on SIGUSR1, and prints where it listens; the address contains a random id, without which nobody is let in.
 * `inspectorEnvironment` must have been in the process's environment, or the port would be the same for all.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, signalProcess } from '../arena/process-identity.ts';
import { ProfileError } from './profile-error.ts';

/** A busy process takes the signal at once, and prints when it gets a turn. */
const OPENS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 20;
/** A log that grew by more since the signal is read from there on only so far. */
const MAX_READ_BYTES = 4 * 1024 * 1024;
/** Only on the loopback: a log may hold what strangers wrote. */
const ADDRESS = /^Debugger listening on (ws:\/\/127\.0\.0\.1:\d{1,5}\/[0-9a-f-]{36})$/m;

/** For the environment of the processes to be looked into; what NODE_OPTIONS holds already stays. */
export function inspectorEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return { NODE_OPTIONS: [env.NODE_OPTIONS, '--inspect-port=127.0.0.1:0'].filter(Boolean).join(' ') };
}

/**
 * The WebSocket address of the inspector of a process that logs into `logDir`. Only one at a time, or one would be taken for another.
 * @throws ProfileError when the process is gone or does not open it; the signal's reason when aborted.
 */
export async function openInspector(osPid: number, logDir: string, signal: AbortSignal): Promise<string> {
  const before = await sizes(logDir);
  const who = identify(osPid);
  if (who === null || !signalProcess(who, 'SIGUSR1'))
    throw new ProfileError(`process ${osPid} ended before it could be profiled`);
  const until = performance.now() + OPENS_WITHIN_MS;
  while (performance.now() < until) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
    for (const [file, size] of await sizes(logDir)) {
      const from = before.get(file) ?? 0;
      const address = size === from ? null : ADDRESS.exec(await textFrom(join(logDir, file), from, size));
      if (address?.[1] !== undefined) return address[1];
    }
  }
  const why =
    'it is not Node, has an inspector already (--inspect), handles SIGUSR1 itself, or its output is not in the folder of logs';
  throw new ProfileError(`process ${osPid} did not open its inspector within ${OPENS_WITHIN_MS / 1000} s\n  ${why}`);
}

async function sizes(folder: string): Promise<ReadonlyMap<string, number>> {
  const names = await readdir(folder);
  return new Map(await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).size] as const)));
}

async function textFrom(path: string, from: number, to: number): Promise<string> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(Math.min(to - from, MAX_READ_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

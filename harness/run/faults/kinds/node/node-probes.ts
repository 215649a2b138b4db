/** Probes that ask the kernel and the network about a node, not the deployment that started it. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Endpoint } from '../../../../../targets/target.ts';

const CONNECT_WITHIN_MS = 1_000;

export function processExists(osPid: number): boolean {
  try {
    process.kill(osPid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The letter of /proc/<pid>/stat: T is stopped; null when there is no such process, or no /proc. */
export async function kernelState(osPid: number): Promise<string | null> {
  const text = await readFile(`/proc/${osPid}/stat`, 'latin1').catch(() => null);
  // The command before it may contain anything, including brackets.
  return text?.slice(text.lastIndexOf(')') + 2)[0] ?? null;
}

/** The result of a fresh connection: `accepted`, `timed out`, or the kernel's error code. */
export function probePort({ host, port }: Endpoint): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (outcome: string): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(CONNECT_WITHIN_MS, () => settle('timed out'));
    socket.once('connect', () => settle('accepted'));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
}

/**
 * What a fresh connection that begins a WebSocket handshake hears within `withinMs`: `answered` (any byte, be it a refusal, or the
 * other side's goodbye), `silent`, or the kernel's error code when it was not accepted.
 */
export function probeAnswer({ host, port, path }: Endpoint, withinMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (outcome: string): void => {
      socket.destroy();
      resolve(outcome);
    };
    let accepted = false;
    socket.setTimeout(withinMs, () => settle(accepted ? 'silent' : 'not accepted'));
    socket.once('connect', () => {
      accepted = true;
      socket.write(handshake(host, path));
    });
    socket.once('data', () => settle('answered'));
    socket.once('end', () => settle('answered'));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(accepted ? 'answered' : (error.code ?? error.message)));
  });
}

function handshake(host: string, path: string): string {
  const key = Buffer.alloc(16, 'letitcrash').toString('base64');
  const lines = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`];
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** What the kernel reports about TCP sockets (proc(5), /proc/net/tcp): a witness that took no part in what was done to them. */
import { readFile } from 'node:fs/promises';

/** Of include/net/tcp_states.h, those that are asked about. */
const STATES: Readonly<Record<string, KernelSocket['state']>> = { '01': 'established', '06': 'time-wait', '08': 'close-wait' };

export interface KernelSocket {
  /** `close-wait`: the other side has closed, this one not. */
  readonly state: 'established' | 'close-wait' | 'time-wait' | 'other';
  /** Bytes that have arrived and were not read. */
  readonly unreadBytes: number;
  /** Distinguishes a socket from a later one with the same addresses. 0 if no process has it. */
  readonly inode: number;
}

/** The IPv4 sockets of this network namespace by `local remote`, each `address:port`. @throws if there is no /proc. */
export async function kernelSockets(): Promise<ReadonlyMap<string, KernelSocket>> {
  const lines = (await readFile('/proc/net/tcp', 'latin1')).split('\n').slice(1);
  const sockets = new Map<string, KernelSocket>();
  for (const line of lines) {
    const [, local, remote, state, queues, , , , , inode] = line.trim().split(/\s+/);
    if (local === undefined || remote === undefined || state === undefined) continue;
    sockets.set(`${addressText(local)} ${addressText(remote)}`, {
      state: STATES[state] ?? 'other',
      unreadBytes: Number.parseInt(queues?.split(':')[1] ?? '0', 16),
      inode: Number(inode),
    });
  }
  return sockets;
}

/** `0100007F:1F90` is 127.0.0.1:8080: the address is written as the number it is on a little-endian machine. */
function addressText(written: string): string {
  const [address = '', port = ''] = written.split(':');
  const bytes = Buffer.from(address, 'hex').reverse();
  return `${bytes.join('.')}:${Number.parseInt(port, 16)}`;
}

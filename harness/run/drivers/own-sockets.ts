/** The TCP sockets of this process, whoever opened them, so that the driver need not be asked how much it has read. */
import { Socket } from 'node:net';

/** Node has no public list of them; this one is documented as deprecated and has no successor. */
interface ProcessInside {
  _getActiveHandles?(): readonly unknown[];
}

/** By `local remote`, each `address:port`; empty if this Node does not list them. */
export function ownSockets(): ReadonlyMap<string, Socket> {
  const sockets = new Map<string, Socket>();
  for (const handle of (process as unknown as ProcessInside)._getActiveHandles?.() ?? []) {
    if (!(handle instanceof Socket)) continue;
    const { localAddress, localPort, remoteAddress, remotePort } = handle;
    if (localPort !== undefined) sockets.set(`${localAddress}:${localPort} ${remoteAddress}:${remotePort}`, handle);
  }
  return sockets;
}

/**
 * The TCP sockets of this process, whoever opened them: how much a driver has read is not asked of the driver.
 */
import { Socket } from 'node:net';

/** Node has no public list of them; this one is documented as deprecated and has no successor. */
interface ProcessInside {
  _getActiveHandles?(): readonly unknown[];
}

/** By `local remote`, each `address:port`; empty where this Node does not list them. */
export function ownSockets(): ReadonlyMap<string, Socket> {
  const sockets = new Map<string, Socket>();
  for (const handle of (process as unknown as ProcessInside)._getActiveHandles?.() ?? []) {
    if (!(handle instanceof Socket)) continue;
    const { localAddress, localPort, remoteAddress, remotePort } = handle;
    if (localPort !== undefined) sockets.set(`${localAddress}:${localPort} ${remoteAddress}:${remotePort}`, handle);
  }
  return sockets;
}

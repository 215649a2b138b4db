/**
 * What the messaging room needs from the gateway. A process calls a connection synchronously and never waits. What it needs from the store
 * is in store-port.ts, and what it needs from other nodes in cluster.ts.
 */
import type { ErrorCode, ReceiptKind } from '../../protocol/frames.ts';
import type { Pid } from '../runtime/pid.ts';
import type { Entry } from './entry.ts';

/** A signed-in connection of one device. Writes are collected and leave once a turn. */
export interface ClientConnection {
  readonly user: string;
  readonly device: string;
  /** user "/" device. */
  readonly sender: string;
  /** Unique and increasing over the life of the deployment. */
  readonly epoch: number;
  /** Highest id that the device says it has given to a message; a client of version 1 does not say. */
  readonly usedId?: number | undefined;
  /** Signed in: from now on this process gets the connection's frames. `highestId`: no id above it was accepted from this device. */
  welcome(owner: Pid, cursor: number, highestId: number): void;
  /** A SEND with this many bytes of payload was handled. Optional: only needed if somebody counts unhandled bytes. */
  taken?(payloadBytes: number): void;
  ack(id: number): void;
  nack(id: number, code: ErrorCode, reason: string): void;
  deliver(entry: Entry, again: boolean): void;
  receipt(kind: ReceiptKind, id: number, by: string): void;
  presence(user: string, online: boolean, lastSeenMs: number): void;
  /** ERROR, then the close frame. */
  close(code: ErrorCode, reason: string): void;
}

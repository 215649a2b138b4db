/** What a WebSocket chat protocol must define; the driver handles everything about sockets. */
import type { ConnectOptions, SessionEnd } from '../../../contracts/driver.ts';

export type Frame = string | Uint8Array;

/** What a frame of the server can mean. */
export interface Heard {
  /**
   * The user is signed in; a user who signs in by the request alone is signed in when the socket opens. What is heard before it (a server
   * may send what it kept before its welcome) is kept, up to 10,000 messages or 16 MiB, and reported right after it.
   */
  signedIn(): void;
  /** The server accepted the message and promised to deliver it. */
  acked(id: number): void;
  /** The server refused it for good. */
  refused(id: number, code: number, reason: string): void;
  /**
   * A message arrived. `seq` is the server's own number, rising for this user across connections; null, if the server has none, makes the
   * driver count, so that every copy counts as a separate message. `again`: the server says that it sent this before.
   */
  delivered(message: {
    readonly seq: number | null;
    readonly id: number;
    readonly from: string;
    readonly payload: Buffer;
    readonly again?: boolean;
  }): void;
  receipt(kind: 'delivered' | 'read', id: number, by: string): void;
}

export interface WebSocketProtocol {
  /** The name in reports. */
  readonly name: string;
  /** True if a user's devices (`credential.device`) sign in side by side and each gets every message; absent if there are only users. */
  readonly devices?: boolean;
  /** Offered in the handshake. */
  readonly subprotocol?: string;
  /** Path and query of the request; by default the endpoint's path. */
  request?(options: ConnectOptions): string;
  /** The first frame of a connection; without it, or with null, the user is signed in when the socket opens. */
  signIn?(options: ConnectOptions): Frame | null;
  /** A message to `to`. Its payload is bytes; as text, use base64. `receipts`: the sender wants to know what became of it. */
  send(id: number, to: string, payload: Buffer, receipts: boolean): Frame;
  /** The user has everything up to `seq`; without it nothing is sent. */
  acknowledge?(seq: number): Frame;
  /** The user has read `seq`; without it nothing is sent. */
  read?(seq: number): Frame;
  /** What a frame of the server means. An error that it throws ends the connection, as a protocol error of the server. */
  receive(frame: Buffer, heard: Heard): void;
  /** What the server's close code allows the user; by default, to come back after a while. */
  retryAfter?(code: number, reason: string): SessionEnd['retry'];
}

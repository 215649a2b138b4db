/**
 * The interface of a wire-protocol driver, public as `letitcrash/driver`: one open connection of one user's device, as the load generator
 * sees it.
 *
 * In: an endpoint and a credential. Out: events, called synchronously from the socket's read. A driver keeps no message and repeats nothing
 * by itself: the user (harness/run/load) decides what to send again, and the ledger judges.
 *
 * The ledger believes what a driver reports, so the rules below are checked while a custom driver runs (checked-session.ts). A driver that
 * breaks a rule makes the run invalid; driver and rule are named (driver-rules.ts), and nothing is said against the server.
 */
import type { Credential, Endpoint } from '../../targets/target.ts';

export type Address = Pick<Endpoint, 'host' | 'port'>;

/**
 * Why a session ended. `clean`: we asked for it. `retry` says what the server allows: to come back at once, at once but to another entrance
 * if there is one, after a while, or not at all.
 */
export interface SessionEnd {
  readonly clean: boolean;
  /** WebSocket close code, or 0 when the transport just went away. */
  readonly code: number;
  readonly reason: string;
  readonly retry: 'at-once' | 'elsewhere' | 'back-off' | 'never';
  /** Where the server says this user is served; null if it does not say so. */
  readonly redirect: Address | null;
  /**
   * Who ended it: the server, by a close frame, an error or an answer; the client, by giving up or on request; or the network, if the
   * transport failed or went away. If it is absent, an end with a code is attributed to the server, and one without a code to the network.
   */
  readonly by?: SessionEnder;
}

export type SessionEnder = 'server' | 'client' | 'network';

/** Who ended a session, even if its driver does not say. */
export function endedBy({ by, clean, code }: Pick<SessionEnd, 'by' | 'clean' | 'code'>): SessionEnder {
  return by ?? (clean ? 'client' : code === 0 ? 'network' : 'server');
}

/** Which of the server's nodes serves a session, and under which of the user's epochs there. */
export interface ServedBy {
  readonly node: string;
  readonly epoch: number;
}

/**
 * What a session reports. It reports later than the call of `connect`, `send`, `acknowledge` or `read` that led to it, and in the types
 * below. Nothing but `ended` is reported before `open`, and nothing after `ended`.
 */
export interface SessionEvents {
  /**
   * Signed in; the server continues delivery after `cursor`. Called at most once. What arrives earlier is kept and reported right after it.
   * `by` names the node that serves the user, if the protocol says so; evidence then includes it.
   */
  open(cursor: number, by?: ServedBy): void;
  /**
   * The server promised message `id`, which this user sent. Reported once for each time that it was sent, counting `refused` as well: if a
   * server says it twice, it is still reported once.
   */
  acked(id: number): void;
  /** A definite refusal; the id is spent. */
  refused(id: number, code: number, reason: string): void;
  /**
   * A message arrived. `seq` is a whole number from 1. The seq of a message that the user has not had is above every earlier seq, across
   * all of the user's connections (it continues from `ConnectOptions.cursor`, or is the server's own number); a message whose seq is not
   * above is treated as a repeat and not shown. `from` and `id` are the sender's name and number. `payload` is valid only during the call.
   * `again`: the server says that it sent this before on this connection.
   */
  delivered(seq: number, id: number, from: string, payload: Buffer, again: boolean): void;
  receipt(kind: 'delivered' | 'read', id: number, by: string): void;
  /** The server reports the presence of a user whom this session watches. Absent if nobody wants to know. */
  presence?(user: string, online: boolean): void;
  /**
   * Called exactly once, even if the connection never opened: at the latest when `handshakeTimeoutMs` have passed, and five seconds after
   * `close`, `abort` or `abandon`.
   */
  ended(end: SessionEnd): void;
}

/** No method throws, and neither does any listener of the driver. */
export interface Session {
  /**
   * Queues a message for this turn's write, and returns true. Returns false if the session is not open (nothing was sent); it has then
   * ended or is about to. `payload` is bytes that are only lent for the call: the buffer is reused as soon as `send` has returned, so
   * whatever is written later must be a copy. The payload must not be altered, so a driver that encrypts in place must do so on a copy.
   */
  send(id: number, to: string, payload: Buffer, receipts: boolean): boolean;
  /** Cumulative acknowledgement up to `seq`. */
  acknowledge(seq: number): void;
  read(seq: number): void;
  /** Asks to be told whether this user is online, now and whenever that changes. Absent if the protocol has no presence. */
  watch?(user: string): void;
  /** Closes in good order. Whatever arrives from now on is ignored: the user is gone. */
  close(): void;
  /** Drops the socket without a word (RST); `reason` (aborted) and `retry` (at-once) are what the end will report. */
  abort(reason?: string, retry?: SessionEnd['retry']): void;
  /** Both ends of the connection as the kernel writes them; null unless open. */
  readonly link: SocketLink | null;
  /**
   * Asks for a sign of life (a PING) and stops reading from the kernel, so that what the server sends piles up there. A paused Node socket
   * is not enough (it reads on into its own buffer); `stopReading` of letitcrash/driver is. False unless the session is open and being
   * read.
   */
  stall(): boolean;
  /** Reads again (`readAgain`). */
  resume(): void;
  /**
   * Asks for a sign of life, and leaves the socket as it is for ever: neither read (as for `stall`) nor closed. The session ends, but the
   * connection does not. Null unless open.
   */
  abandon(): AbandonedSocket | null;
}

/** `127.64.0.1:40000`, for each end. */
export interface SocketLink {
  readonly local: string;
  readonly remote: string;
}

/** What remains of a session that was abandoned. */
export interface AbandonedSocket {
  /** RST. */
  end(): void;
}

export interface ConnectOptions {
  readonly endpoint: Endpoint;
  readonly credential: Credential;
  /** Highest seq that this device has. */
  readonly cursor: number;
  /** Highest id that this user has given to a message; 0 for none. A message with a higher id is not a repeat. */
  readonly usedId: number;
  /** Source address to bind, in 127.0.0.0/8; null lets the kernel choose. */
  readonly localAddress: string | null;
  readonly handshakeTimeoutMs: number;
  /** Silence of an open session after which it asks for a sign of life, and after as long again it ends with `retry` at-once. */
  readonly keepaliveMs: number;
  /** A server sent this user here. */
  readonly redirected: boolean;
}

export interface Driver {
  readonly name: string;
  /**
   * True: a user may be signed in with several devices at once, which `credential.device` distinguishes, and each of them gets every
   * message. Absent if the protocol knows only users: a scenario with `load.devices` above 1 is then refused.
   */
  readonly devices?: boolean;
  /** True: its sessions can watch. Without it, a scenario that asks for watching is refused. */
  readonly presence?: boolean;
  /** What the session is given to send is written before the turn of the event loop ends, everything of one turn together. */
  connect(options: ConnectOptions, events: SessionEvents): Session;
  /**
   * Pings or ends silent sessions, a bounded share of the open ones in each call. Whoever drives the load calls this about every
   * millisecond, with monotonic time, so no session needs a timer.
   */
  tend(nowMs: number): void;
}

/**
 * The interface of a wire-protocol driver, public as `letitcrash/driver`: one open connection of one user's device, as the load generator sees it.
 *
 * In: an endpoint and a credential. Out: events, called synchronously from the socket's read. A driver keeps no message and
 * repeats nothing by itself: the user (harness/run/load) decides what to send again, and the ledger judges.
 *
 * The ledger believes what a driver tells, so the rules below are checked while a driver of the scenario's own runs (checked-session.ts). One
 * that breaks a rule makes the run invalid; driver and rule are named (driver-rules.ts), and nothing is said against the server.
 */
import type { Credential, Endpoint } from '../../targets/target.ts';

export type Address = Pick<Endpoint, 'host' | 'port'>;

/**
 * Why a session ended. `clean`: we asked for it. `retry` says what the server allows: to come back at once, at once but to another
 * entrance if there is one, after a while, or not at all.
 */
export interface SessionEnd {
  readonly clean: boolean;
  /** WebSocket close code, or 0 when the transport just went away. */
  readonly code: number;
  readonly reason: string;
  readonly retry: 'at-once' | 'elsewhere' | 'back-off' | 'never';
  /** Where the server says this user is served; null where it says nothing of the kind. */
  readonly redirect: Address | null;
  /**
   * Who ended it: the server, by a close frame, an error or an answer; the client, by giving up or because it was told to; or the network,
   * where the transport failed or went away. Without it a code is taken for the server's, and no code for the network's.
   */
  readonly by?: SessionEnder;
}

export type SessionEnder = 'server' | 'client' | 'network';

/** Who ended a session, also where its driver does not say. */
export function endedBy({ by, clean, code }: Pick<SessionEnd, 'by' | 'clean' | 'code'>): SessionEnder {
  return by ?? (clean ? 'client' : code === 0 ? 'network' : 'server');
}

/** Which of the server's nodes serves a session, and under which of the user's epochs there. */
export interface ServedBy {
  readonly node: string;
  readonly epoch: number;
}

/**
 * What a session tells, later than the call of `connect`, `send`, `acknowledge` or `read` that led to it, and in the types below. Nothing is
 * told before `open` but `ended`, and nothing after `ended`.
 */
export interface SessionEvents {
  /**
   * Signed in; the server continues delivery after `cursor`. At most once. What arrives before it is kept and told right after it. `by`: where
   * the protocol says which node serves the user; evidence then names it.
   */
  open(cursor: number, by?: ServedBy): void;
  /**
   * The server promised message `id`, which this user sent. Told once for each time that it was sent, `refused` counting as well: a server
   * that says it twice is told once.
   */
  acked(id: number): void;
  /** A definite refusal; the id is spent. */
  refused(id: number, code: number, reason: string): void;
  /**
   * A message arrived. `seq` is a whole number from 1; of one that the user has not had it is above every seq before it, across all of the
   * user's connections (it counts on from `ConnectOptions.cursor`, or is the server's own number): what is not above is taken for a repeat and
   * not shown. `from` and `id` are the sender's name and number. `payload` is valid only during the call. `again`: the server says it sent this
   * before on this connection.
   */
  delivered(seq: number, id: number, from: string, payload: Buffer, again: boolean): void;
  receipt(kind: 'delivered' | 'read', id: number, by: string): void;
  /** The server says how somebody is whom this session watches. Absent where nobody wants to know. */
  presence?(user: string, online: boolean): void;
  /**
   * Called exactly once, also when the connection never opened: at the latest when `handshakeTimeoutMs` are over, and five seconds after
   * `close`, `abort` or `abandon`.
   */
  ended(end: SessionEnd): void;
}

/** No method throws, and no listener of the driver's own does. */
export interface Session {
  /**
   * Queue a message for this turn's write, and answer true; false when the session is not open (nothing was sent), which has then ended or is
   * about to. `payload` is bytes, lent for the call: its buffer is used again as soon as `send` has returned, so that what is written later is
   * a copy, and it is not altered, so that whoever encrypts in place does so on a copy.
   */
  send(id: number, to: string, payload: Buffer, receipts: boolean): boolean;
  /** Cumulative acknowledgement up to `seq`. */
  acknowledge(seq: number): void;
  read(seq: number): void;
  /** Ask to be told whether this user is online, now and whenever that changes. Absent where the protocol has no presence. */
  watch?(user: string): void;
  /** Leave politely. What arrives from now on is nobody's: the user is gone. */
  close(): void;
  /** Drop the socket without a word (RST); `reason` (aborted) and `retry` (at-once) are what the end will say. */
  abort(reason?: string, retry?: SessionEnd['retry']): void;
  /** Both ends of the connection as the kernel writes them; null unless open. */
  readonly link: SocketLink | null;
  /**
   * Ask for a sign of life (a PING), and read nothing more from the kernel, so that what the server sends piles up there. A paused Node
   * socket does not do (it reads on into its own buffer): `stopReading` of letitcrash/driver does. False unless open and read.
   */
  stall(): boolean;
  /** Read again (`readAgain`). */
  resume(): void;
  /**
   * Ask for a sign of life, and leave the socket as it is for ever: neither read (as for `stall`) nor closed. The session ends, the
   * connection does not. Null unless open.
   */
  abandon(): AbandonedSocket | null;
}

/** `127.64.0.1:40000`, of each end. */
export interface SocketLink {
  readonly local: string;
  readonly remote: string;
}

/** What is left of a session that was abandoned. */
export interface AbandonedSocket {
  /** RST. */
  end(): void;
}

export interface ConnectOptions {
  readonly endpoint: Endpoint;
  readonly credential: Credential;
  /** Highest seq this device has. */
  readonly cursor: number;
  /** Highest id that this user has given to a message; 0 for none. What is sent under a higher one is no repeat. */
  readonly usedId: number;
  /** Source address to bind, in 127.0.0.0/8; null lets the kernel choose. */
  readonly localAddress: string | null;
  readonly handshakeTimeoutMs: number;
  /** Silence of an open session after which it asks for a sign of life, and again after which it ends, `retry` being at-once. */
  readonly keepaliveMs: number;
  /** A server sent this user here. */
  readonly redirected: boolean;
}

export interface Driver {
  readonly name: string;
  /**
   * True: a user may be signed in with several devices at once, which `credential.device` tells apart, and each of them gets every message.
   * Absent where the protocol knows users only: a scenario with `load.devices` above 1 is then refused.
   */
  readonly devices?: boolean;
  /** True: its sessions can watch. A scenario that asks for it is refused without. */
  readonly presence?: boolean;
  /** What the session is given to send goes out before the turn of the event loop ends, everything of one turn together. */
  connect(options: ConnectOptions, events: SessionEvents): Session;
  /**
   * Looks after the silent ones among the open sessions, a bounded share a call. Whoever drives the load calls this each millisecond
   * or so, with monotonic time: there is no timer a session.
   */
  tend(nowMs: number): void;
}

/** One connection of a user's own protocol, from connect to close. */
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type {
  AbandonedSocket,
  ConnectOptions,
  Session,
  SessionEnd,
  SessionEnder,
  SessionEvents,
  SocketLink,
} from '../../../contracts/driver.ts';
import { errorText } from '../../../evidence/result/printable.ts';
import type { WatchedEvents } from '../check-host.ts';
import type { DriverRule } from '../driver-rules.ts';
import { resetSocket } from '../reset-socket.ts';
import { readAgain, stopReading } from '../socket-reading.ts';
import type { Tending } from '../tending.ts';
import { blamed, isProgrammersError } from './blame.ts';
import { lossyText } from './lossy-text.ts';
import type { Frame, Heard, WebSocketProtocol } from './websocket-protocol.ts';

/** Most bytes queued on a socket that does not drain. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;
const CLOSE_TIMEOUT_MS = 2_000;
/** What a server may send before the user is signed in, and what is kept until then: the number of events, and the bytes of messages. */
const MAX_EARLY = 10_000;
const MAX_EARLY_BYTES = 16 * 1024 * 1024;
const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;
/** The code of `ws` for an end without a close frame. */
const ABNORMAL = 1006;

const State = { signingIn: 0, open: 1, closing: 2, ended: 3 } as const;
type State = (typeof State)[keyof typeof State];

export class WebSocketSession implements Session, Heard {
  readonly #protocol: WebSocketProtocol;
  readonly #options: ConnectOptions;
  readonly #events: SessionEvents;
  readonly #tending: Tending<WebSocketSession>;
  readonly #webSocket: WebSocket;
  #socket: Socket | null = null;
  #state: State = State.signingIn;
  /** Why the session ends, once known; the first reason counts. */
  #end: SessionEnd | null = null;
  /** Until signed in, and again while closing. */
  #timer: NodeJS.Timeout | null;
  /** The highest seq that arrived, counted here if the server does not count. */
  #seq: number;
  #corked = false;
  #heardMs = 0;
  #asked = false;
  #stalled = false;
  /** What was heard before the sign-in, in order; null if nothing was. */
  #early: (() => void)[] | null = null;
  #earlyBytes = 0;
  readonly #uncork = (): void => {
    this.#corked = false;
    this.#socket?.uncork();
  };

  constructor(protocol: WebSocketProtocol, options: ConnectOptions, events: SessionEvents, tending: Tending<WebSocketSession>) {
    this.#protocol = protocol;
    this.#options = options;
    this.#events = events;
    this.#tending = tending;
    this.#seq = options.cursor;
    const { host, port, path } = options.endpoint;
    const url = `ws://${host}:${port}${protocol.request?.(options) ?? path}`;
    this.#webSocket = new WebSocket(url, protocol.subprotocol === undefined ? [] : [protocol.subprotocol], {
      perMessageDeflate: false,
      createConnection: () => this.#connect(),
    });
    this.#timer = setTimeout(() => this.#drop('handshake timed out', 'back-off'), options.handshakeTimeoutMs);
    this.#webSocket
      .on('open', () => this.#opened())
      .on('message', (data) => this.#received(data as Buffer))
      .on('ping', () => this.#heard())
      .on('pong', () => this.#heard())
      .on('error', (error: NodeJS.ErrnoException) => this.#failed(0, error.code ?? error.message, 'back-off', blamed(error)))
      .on('close', (code, reason) => this.#closed(code, reason.toString()));
  }

  // What the user does.

  send(id: number, to: string, payload: Buffer, receipts: boolean): boolean {
    if (this.#state !== State.open) return false;
    const frame = this.#protocol.send(id, to, payload, receipts);
    this.#checkText(id, frame, payload);
    this.#write(frame);
    return true;
  }

  /** Only if somebody listens, because it costs a search of the frame. */
  #checkText(id: number, frame: Frame, payload: Buffer): void {
    if (!this.#isWatched) return;
    const lost = lossyText(frame, payload);
    if (lost !== null) this.#broke('payload-stays-bytes', () => `the frame of message ${id} holds ${lost}`);
  }

  acknowledge(seq: number): void {
    if (this.#state === State.open && this.#protocol.acknowledge !== undefined) this.#write(this.#protocol.acknowledge(seq));
  }

  read(seq: number): void {
    if (this.#state === State.open && this.#protocol.read !== undefined) this.#write(this.#protocol.read(seq));
  }

  close(): void {
    if (this.#state >= State.closing) return;
    this.#end ??= { clean: true, code: NORMAL, reason: '', retry: 'at-once', redirect: null };
    this.#leave(NORMAL);
  }

  abort(reason = 'aborted', retry: SessionEnd['retry'] = 'at-once'): void {
    if (this.#state === State.ended) return;
    this.#end ??= { clean: true, code: 0, reason, retry, redirect: null };
    this.#state = State.closing;
    this.#reset();
  }

  get link(): SocketLink | null {
    const socket = this.#socket;
    if (this.#state !== State.open || socket === null) return null;
    return {
      local: `${socket.localAddress}:${socket.localPort}`,
      remote: `${socket.remoteAddress}:${socket.remotePort}`,
    };
  }

  stall(): boolean {
    const socket = this.#socket;
    if (this.#state !== State.open || this.#stalled || socket === null) return false;
    this.#webSocket.ping();
    this.#stalled = stopReading(socket);
    return this.#stalled;
  }

  resume(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#heard();
    readAgain(this.#socket as Socket);
  }

  abandon(): AbandonedSocket | null {
    const socket = this.#socket;
    if (this.#state !== State.open || socket === null) return null;
    this.#webSocket.ping();
    if (!stopReading(socket)) return null;
    this.#end ??= { clean: true, code: 0, reason: 'abandoned', retry: 'at-once', redirect: null };
    this.#ended();
    return { end: () => resetSocket(socket) };
  }

  // What the driver does.

  /** Nothing heard for long: ask. Nothing heard for as long again: the server, or the way to it, is gone. */
  tend(): void {
    const { tendedMs } = this.#tending;
    if (this.#state !== State.open || this.#stalled || tendedMs - this.#heardMs < this.#options.keepaliveMs) return;
    if (this.#asked) {
      this.#drop('keepalive', 'elsewhere');
      return;
    }
    this.#asked = true;
    this.#heardMs = tendedMs;
    this.#webSocket.ping();
  }

  // What the protocol hears.

  signedIn(): void {
    if (this.#state !== State.signingIn) return;
    this.#state = State.open;
    this.#endTimer();
    this.#heard();
    this.#tending.add(this);
    this.#events.open(this.#options.cursor);
    const early = this.#early ?? [];
    this.#early = null;
    for (const tell of early) tell();
  }

  acked(id: number): void {
    if (this.#isEarly(() => this.acked(id))) return;
    if (this.#state === State.open) this.#events.acked(id);
  }

  refused(id: number, code: number, reason: string): void {
    if (this.#isEarly(() => this.refused(id, code, reason))) return;
    if (this.#state === State.open) this.#events.refused(id, code, reason);
  }

  delivered(message: Parameters<Heard['delivered']>[0]): void {
    if (this.#state === State.signingIn) {
      const kept = { ...message, payload: Buffer.from(message.payload) };
      this.#isEarly(() => this.delivered(kept), kept.payload.length);
      return;
    }
    if (this.#state !== State.open) return;
    const { seq, id, from, payload, again = false } = message;
    const counted = seq ?? this.#seq + 1;
    this.#seq = Math.max(this.#seq, counted);
    this.#events.delivered(counted, id, from, payload, again);
  }

  receipt(kind: 'delivered' | 'read', id: number, by: string): void {
    if (this.#isEarly(() => this.receipt(kind, id, by))) return;
    if (this.#state === State.open) this.#events.receipt(kind, id, by);
  }

  /**
   * A server may send what it has kept for a user before the frame that the protocol takes for the sign-in: it waits here, and is reported
   * right after it. Throws, which ends the connection as a protocol error, for more than is kept.
   */
  #isEarly(tell: () => void, bytes = 0): boolean {
    if (this.#state !== State.signingIn) return false;
    this.#early ??= [];
    this.#earlyBytes += bytes;
    if (this.#early.length === MAX_EARLY || this.#earlyBytes > MAX_EARLY_BYTES) {
      throw new Error(
        `the server sent more before the sign-in than the driver keeps (${MAX_EARLY} messages, ${MAX_EARLY_BYTES} B), or the driver did not hear signedIn()`,
      );
    }
    this.#early.push(tell);
    return true;
  }

  // What the socket does.

  #connect(): Socket {
    const { endpoint, localAddress } = this.#options;
    const { host, port } = endpoint;
    this.#socket = connect({ host, port, noDelay: true, ...(localAddress === null ? {} : { localAddress }) });
    return this.#socket;
  }

  #opened(): void {
    if (this.#state !== State.signingIn) return;
    const first = this.#protocol.signIn?.(this.#options) ?? null;
    if (first === null) this.signedIn();
    else this.#write(first);
  }

  #received(frame: Buffer): void {
    if (this.#state >= State.closing) return;
    this.#heard();
    try {
      const heard: unknown = this.#protocol.receive(frame, this);
      if (heard instanceof Promise) this.#broke('hears-at-once', () => 'receive() returned a promise: is it an async function?');
    } catch (error) {
      if (isProgrammersError(error)) this.#broke('throws-nothing', () => `receive() threw ${error}`);
      const why = errorText(error);
      this.#failed(PROTOCOL_ERROR, `protocol error: ${why}`, 'back-off', 'client');
      this.#leave(PROTOCOL_ERROR);
    }
  }

  get #isWatched(): boolean {
    return (this.#events as Partial<WatchedEvents>).broke !== undefined;
  }

  /** For listeners, if there are any. */
  #broke(rule: DriverRule, example: () => string): void {
    (this.#events as Partial<WatchedEvents>).broke?.(rule, example);
  }

  #heard(): void {
    this.#heardMs = this.#tending.tendedMs;
    this.#asked = false;
  }

  #failed(code: number, reason: string, retry: SessionEnd['retry'], by: SessionEnder): void {
    this.#end ??= { clean: false, code, reason, retry, redirect: null, by };
  }

  #closed(code: number, reason: string): void {
    const retry = this.#protocol.retryAfter?.(code, reason) ?? 'back-off';
    if (code === ABNORMAL) this.#failed(0, 'connection closed', retry, 'network');
    else this.#failed(code, reason, retry, 'server');
    this.#ended();
  }

  #ended(): void {
    if (this.#state === State.ended) return;
    this.#state = State.ended;
    this.#endTimer();
    this.#tending.delete(this);
    const end = this.#end as SessionEnd;
    // They are lost with the connection, and the reason should show where.
    const reason = this.#early === null ? end.reason : `${end.reason}, after messages had come before the sign-in`;
    this.#early = null;
    this.#events.ended({ ...end, reason });
  }

  #endTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Waits a limited time for the server's close frame. */
  #leave(code: number): void {
    this.#state = State.closing;
    this.#endTimer();
    this.#timer = setTimeout(() => this.#webSocket.terminate(), CLOSE_TIMEOUT_MS);
    this.#webSocket.close(code);
  }

  #drop(reason: string, retry: SessionEnd['retry']): void {
    this.#failed(0, reason, retry, 'client');
    this.#state = State.closing;
    this.#reset();
  }

  #reset(): void {
    const isConnected = this.#socket !== null && !this.#socket.connecting;
    if (isConnected) resetSocket(this.#socket as Socket);
    else this.#webSocket.terminate();
  }

  /** What is written in one turn goes out at its end, together. */
  #write(frame: Frame): void {
    const socket = this.#socket as Socket;
    if (!this.#corked) {
      this.#corked = true;
      socket.cork();
      setImmediate(this.#uncork);
    }
    this.#webSocket.send(frame);
    if (socket.writableLength > MAX_UNWRITTEN_BYTES) this.#drop('the server does not read', 'back-off');
  }
}

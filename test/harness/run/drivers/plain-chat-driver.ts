/**
 * A whole Driver for the chat server of test/example, on `ws` alone, as somebody might write it whose protocol is none that the bundled
 * helper knows. It keeps every rule; tests break one at a time by giving it a mistake.
 */
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { ConnectOptions, Driver, Session, SessionEnd, SessionEvents } from '../../../../harness/contracts/driver.ts';
import { readAgain, stopReading } from '../../../../harness/run/drivers/socket-reading.ts';

/** What a mistake may replace; without one the session is as it should be. */
export interface Mistakes {
  /** Instead of the session's own. */
  readonly session?: (right: PlainSession) => Partial<Session>;
  /** Between what was heard and the load. */
  readonly events?: (right: SessionEvents, session: () => PlainSession) => SessionEvents;
  /** Instead of the driver's own. */
  readonly connect?: (right: Driver['connect']) => Driver['connect'];
  /** The number of a message: how many came before it on this connection, the frame's own, and the sender's id. */
  readonly seq?: (nth: number, session: PlainSession, id: number) => number;
}

export class PlainSession implements Session {
  readonly socket: Socket;
  readonly webSocket: WebSocket;
  readonly options: ConnectOptions;
  readonly events: SessionEvents;
  readonly #seqOf: (nth: number, session: PlainSession, id: number) => number;
  #isOpen = false;
  #end: SessionEnd | null = null;
  #isOver = false;
  #arrivals = 0;

  constructor(options: ConnectOptions, mistakes: Mistakes, events: SessionEvents) {
    this.options = options;
    this.events = mistakes.events?.(events, () => this) ?? events;
    this.#seqOf = mistakes.seq ?? ((nth) => options.cursor + nth);
    const { host, port } = options.endpoint;
    this.socket = connect({ host, port, noDelay: true });
    this.webSocket = new WebSocket(`ws://${host}:${port}/?name=${options.credential.user}`, {
      createConnection: () => this.socket,
      handshakeTimeout: options.handshakeTimeoutMs,
      perMessageDeflate: false,
    });
    this.webSocket
      .on('open', () => {
        this.#isOpen = true;
        this.events.open(options.cursor);
      })
      .on('message', (data) => this.#received(data.toString()))
      .on('error', (error: NodeJS.ErrnoException) => this.failed(0, error.code ?? error.message))
      .on('close', (code) => this.over(code));
  }

  #received(text: string): void {
    if (!this.#isOpen) return;
    const frame = JSON.parse(text) as { type: string; id: number; from: string; text: string };
    if (frame.type === 'sent') this.events.acked(frame.id);
    if (frame.type !== 'message') return;
    this.#arrivals += 1;
    const seq = this.#seqOf(this.#arrivals, this, frame.id);
    this.events.delivered(seq, frame.id, frame.from, Buffer.from(frame.text, 'base64'), false);
  }

  failed(code: number, reason: string): void {
    this.#end ??= { clean: false, code, reason, retry: 'back-off', redirect: null };
  }

  over(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isOpen = false;
    this.failed(code === 1006 ? 0 : code, 'connection closed');
    this.events.ended(this.#end as SessionEnd);
  }

  /** The wire, for mistakes that write themselves. */
  write(id: number, to: string, text: string): void {
    this.webSocket.send(JSON.stringify({ id, to, text }));
  }

  send(id: number, to: string, payload: Buffer): boolean {
    if (!this.#isOpen) return false;
    this.write(id, to, payload.toString('base64'));
    return true;
  }

  acknowledge(): void {}

  read(): void {}

  close(): void {
    this.#end ??= { clean: true, code: 1000, reason: '', retry: 'at-once', redirect: null };
    this.#isOpen = false;
    this.webSocket.close(1000);
  }

  abort(reason = 'aborted', retry: SessionEnd['retry'] = 'at-once'): void {
    this.#end ??= { clean: true, code: 0, reason, retry, redirect: null };
    this.#isOpen = false;
    this.socket.resetAndDestroy();
  }

  get link(): Session['link'] {
    const { localAddress, localPort, remoteAddress, remotePort } = this.socket;
    return this.#isOpen ? { local: `${localAddress}:${localPort}`, remote: `${remoteAddress}:${remotePort}` } : null;
  }

  stall(): boolean {
    if (!this.#isOpen) return false;
    this.webSocket.ping();
    return stopReading(this.socket);
  }

  resume(): void {
    readAgain(this.socket);
  }

  abandon(): ReturnType<Session['abandon']> {
    if (!this.#isOpen) return null;
    this.webSocket.ping();
    stopReading(this.socket);
    this.failed(0, 'abandoned');
    this.over(1006);
    return { end: () => this.socket.resetAndDestroy() };
  }
}

const METHODS = ['send', 'acknowledge', 'read', 'close', 'abort', 'stall', 'resume', 'abandon'] as const;

/** The driver, right but for its mistakes. */
export function plainChatDriver(name: string, mistakes: Mistakes = {}): Driver {
  const right: Driver['connect'] = (options, events) => {
    const session = new PlainSession(options, mistakes, events);
    const wrong = mistakes.session?.(session) ?? {};
    const members = Object.fromEntries(METHODS.map((method) => [method, wrong[method] ?? session[method].bind(session)]));
    return Object.defineProperty(members, 'link', { get: () => session.link }) as unknown as Session;
  };
  return { name, connect: mistakes.connect?.(right) ?? right, tend: () => undefined };
}

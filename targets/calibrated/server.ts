/** The sockets of the calibrated server: WebSocket, sign-in, frames in, frames out. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  CHALLENGE_BYTES,
  CLOSE_CODE_BASE,
  ErrorCode,
  type Frame,
  FrameReader,
  FrameType,
  FrameWriter,
  NEWEST_VERSION,
  ProtocolError,
  SUBPROTOCOL,
  VERSION,
} from '../protocol/frames.ts';
import { historyUpTo, type IdHistory, note } from '../protocol/id-history.ts';
import { checkToken } from '../protocol/token.ts';
import { MAX_FRAME_BYTES } from './config.ts';
import type { Exchange } from './exchange.ts';
import { Leak } from './leak.ts';
import { type Entry, type Line, type Mailbox, WINDOW } from './mailbox.ts';

export const PATH = '/';
const HANDSHAKE_MS = 10_000;
/** Neither is bounded here. */
const UNBOUNDED = 0xffff_ffff;
const EXPELLED = 'everybody is expelled';

export interface ServerOptions {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly tokenKey: Buffer;
  readonly epoch: number;
  readonly leakBytesPerConnection: number;
  readonly leakBytesPerMessage: number;
  /** Called once, when the first SEND arrives. */
  readonly onFirstSend: () => void;
}

export class CalibratedServer {
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly leaked: Buffer[] = [];
  readonly leak = new Leak();
  readonly options: ServerOptions;
  readonly exchange: Exchange;
  #sent = false;
  connections = 0;
  isExpelling = false;
  readonly open = new Set<Connection>();

  constructor(exchange: Exchange, options: ServerOptions) {
    this.exchange = exchange;
    this.options = options;
    this.#http = createServer({ headersTimeout: HANDSHAKE_MS, connectionsCheckingInterval: HANDSHAKE_MS / 4 });
    this.#sockets = new WebSocketServer({
      server: this.#http,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#sockets.on('connection', (socket) => new Connection(this, socket));
  }

  /** Resolves to the port. */
  listen(): Promise<number> {
    const { host, port } = this.options;
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen({ host, port, backlog: 4096 }, () => resolve((this.#http.address() as AddressInfo).port));
    });
  }

  /** Closes every connection, and from now on refuses whoever signs in. */
  expel(): void {
    this.isExpelling = true;
    for (const connection of [...this.open]) connection.close(ErrorCode.overloaded, EXPELLED);
  }

  firstSend(): void {
    if (this.#sent) return;
    this.#sent = true;
    this.options.onFirstSend();
  }
}

/** One writer serves every connection in turn. */
const writer = new FrameWriter();

class Connection implements Line {
  readonly #server: CalibratedServer;
  readonly #socket: WebSocket;
  readonly #challenge = randomBytes(CHALLENGE_BYTES);
  readonly #timer: NodeJS.Timeout;
  #mailbox: Mailbox | null = null;
  /** Of a client that says which ids it used. */
  #ids: IdHistory | null = null;
  /** Frames of this turn, which go out as one message. */
  #pending: Buffer[] = [];

  constructor(server: CalibratedServer, socket: WebSocket) {
    this.#server = server;
    this.#socket = socket;
    const { leakBytesPerConnection } = server.options;
    if (leakBytesPerConnection > 0) server.leaked.push(Buffer.alloc(leakBytesPerConnection, 1));
    server.connections += 1;
    server.open.add(this);
    this.#timer = setTimeout(() => this.close(ErrorCode.handshakeTimeout, 'no HELLO in time'), HANDSHAKE_MS);
    socket.on('message', (message: Buffer, binary) => this.#receive(message, binary));
    socket.on('close', () => this.#closed());
    socket.on('error', () => socket.terminate());
    this.#write(writer.challenge(this.#challenge));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  deliver({ seq, id, sentAtMs, from, payload }: Entry): void {
    this.#write(writer.deliver({ seq, id, sentAtMs, again: false, from, payload }));
  }

  receipt(kind: 1 | 2, id: number, by: string): void {
    this.#write(writer.receipt(kind, id, by));
  }

  close(code: ErrorCode, reason: string): void {
    this.#write(writer.error(code, reason));
    this.#flush();
    this.#leave();
    this.#socket.close(CLOSE_CODE_BASE + code, reason.slice(0, 100));
  }

  #write(frames: FrameWriter): void {
    if (this.#pending.push(frames.take()) === 1) process.nextTick(() => this.#flush());
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const message = this.#pending.length === 1 ? (this.#pending[0] as Buffer) : Buffer.concat(this.#pending);
    this.#pending = [];
    if (this.isOpen) this.#socket.send(message);
  }

  #receive(message: Buffer, binary: boolean): void {
    try {
      if (!binary) throw new ProtocolError(ErrorCode.malformed, 'a text message', 0);
      const reader = new FrameReader(message, MAX_FRAME_BYTES);
      for (let frame = reader.next(); frame !== null; frame = reader.next()) this.#take(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close(error.code, error.message);
    }
  }

  #take(frame: Frame): void {
    if (frame.type === FrameType.hello) this.#hello(frame);
    else if (this.#mailbox === null) throw new ProtocolError(ErrorCode.unexpected, 'a frame before HELLO', 0);
    else this.#serve(frame, this.#mailbox);
  }

  #hello({ version, token, proof, cursor, usedId }: Extract<Frame, { type: typeof FrameType.hello }>): void {
    if (this.#mailbox !== null) throw new ProtocolError(ErrorCode.unexpected, 'a second HELLO', 0);
    if (version < VERSION || version > NEWEST_VERSION) throw new ProtocolError(ErrorCode.malformed, `version ${version}`, 0);
    const { tokenKey, epoch, node } = this.#server.options;
    const check = checkToken(tokenKey, { token, proof, challenge: this.#challenge }, Date.now());
    if (!check.ok) throw new ProtocolError(check.code, check.reason, 0);
    clearTimeout(this.#timer);
    if (this.#server.isExpelling) {
      this.close(ErrorCode.overloaded, EXPELLED);
      return;
    }
    const mailbox = this.#server.exchange.mailbox(check.claims.user);
    if (mailbox.contradicts(cursor))
      throw new ProtocolError(ErrorCode.badAck, `cursor ${cursor}, above every message of this mailbox`, 0);
    mailbox.line?.close(ErrorCode.replaced, 'the same user connected elsewhere');
    this.#mailbox = mailbox;
    const terms = {
      highestId: mailbox.acceptedId,
      maxMessageBytes: MAX_FRAME_BYTES,
      maxUnanswered: UNBOUNDED,
      idleMs: UNBOUNDED,
    };
    if (usedId !== undefined) this.#ids = historyUpTo(usedId);
    const version2 = usedId === undefined ? {} : { terms };
    this.#write(writer.welcome({ epoch, cursor, maxFrameBytes: MAX_FRAME_BYTES, window: WINDOW, node, ...version2 }));
    this.#server.exchange.connect(mailbox, this, cursor);
  }

  #serve(frame: Frame, mailbox: Mailbox): void {
    const { exchange } = this.#server;
    switch (frame.type) {
      case FrameType.send: {
        this.#server.firstSend();
        const { id, to, receipts, payload } = frame;
        this.#server.leak.keep(this.#server.options.leakBytesPerMessage);
        const ack = (): void => this.#write(writer.ack(id));
        const isRepeat = this.#ids === null || note(this.#ids, id) === 'unknown';
        const outcome = exchange.submit(mailbox, { id, isRepeat, to, wantsReceipts: receipts, payload }, ack);
        if (outcome === 'stale') this.#write(writer.nack(id, ErrorCode.staleId, String(mailbox.acceptedId)));
        if (outcome === 'refused') this.#write(writer.nack(id, ErrorCode.rateLimited, 'refused on purpose'));
        if (outcome === 'mailbox-full') this.#write(writer.nack(id, ErrorCode.mailboxFull, 'the mailbox is full'));
        return;
      }
      case FrameType.delivered:
        if (!exchange.delivered(mailbox, frame.seq)) throw new ProtocolError(ErrorCode.badAck, 'never delivered', 0);
        return;
      case FrameType.read:
        exchange.read(mailbox, frame.seq);
        return;
      case FrameType.ping:
        this.#write(writer.pong(frame.nonce));
        return;
      case FrameType.watch:
        this.#write(writer.presence(frame.user, exchange.mailbox(frame.user).line !== null, 0));
        return;
      case FrameType.bye:
        this.#leave();
        this.#socket.close(1000);
        return;
      default:
        throw new ProtocolError(ErrorCode.unexpected, 'a frame only servers send', 0);
    }
  }

  #leave(): void {
    clearTimeout(this.#timer);
    if (this.#mailbox?.line === this) this.#mailbox.line = null;
  }

  #closed(): void {
    this.#leave();
    this.#server.connections -= 1;
    this.#server.open.delete(this);
  }
}

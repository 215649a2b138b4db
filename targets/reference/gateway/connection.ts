/**
 * One WebSocket: reads frames and hands them to the user's process, collects what that process writes. A subclass of `ws`'s
 * own class, so that an idle connection carries no listeners and no closures.
 */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
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
  type ReceiptKind,
  VERSION,
} from '../../protocol/frames.ts';
import { AGAIN_OFFSET, type Entry } from '../messaging/entry.ts';
import type { ClientConnection } from '../messaging/ports.ts';
import type { Pid } from '../runtime/index.ts';
import type { ConnectionHost } from './connection-host.ts';
import type { WriteBatch } from './write-batch.ts';

const MAX_CLOSE_REASON_BYTES = 123;
const NORMAL_CLOSURE = 1_000;
/** Codes `ws` closes with by itself when it cannot read what comes. */
const WS_TOO_BIG = 1_009;
const WS_UNREADABLE: ReadonlySet<number> = new Set([1_002, 1_007, 1_008, WS_TOO_BIG]);
const writer = new FrameWriter();

/** `placing`: signed in, and the application decides where it is served. */
type Phase = 'challenged' | 'placing' | 'attaching' | 'open' | 'closing';

export class Connection extends WebSocket implements ClientConnection {
  gateway!: ConnectionHost<Connection>;
  socket!: Socket;
  phase: Phase = 'challenged';
  challenge: Buffer | null = null;
  user = '';
  device = '';
  sender = '';
  epoch = 0;
  usedId: number | undefined = undefined;
  owner: Pid | null = null;
  openedMs = 0;
  heardMs = 0;
  pinged = false;
  bye = false;
  /** Sent here by another node. */
  redirected = false;
  /** Frames it may still send before the next sweep of the gateway. */
  budget = 0;
  /** Payload bytes of SENDs that the user's process has not handled, and bytes written that the socket has not taken. */
  unreadBytes = 0;
  unsentBytes = 0;
  /** Not read until more of that was handled. */
  isHeldUp = false;
  batch: WriteBatch | null = null;

  /** Takes the upgraded socket over and challenges the client. */
  begin(gateway: ConnectionHost<Connection>, socket: Socket, redirected: boolean): void {
    this.gateway = gateway;
    this.redirected = redirected;
    this.socket = socket;
    this.openedMs = gateway.nowMs;
    this.heardMs = gateway.nowMs;
    this.budget = gateway.limits.frameBurst;
    this.challenge = randomBytes(CHALLENGE_BYTES);
    this.#write(writer.challenge(this.challenge).take());
  }

  /** Instead of listeners. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    switch (event) {
      case 'message':
        this.#receive(values[0] as Buffer, values[1] as boolean);
        return true;
      case 'ping':
        this.#heard();
        if (this.#spend() && this.phase !== 'closing') this.pong(values[0] as Buffer);
        return true;
      case 'pong':
        this.#heard();
        this.#spend();
        return true;
      case 'close':
        this.gateway?.closed(this);
        return true;
      default:
        return true;
    }
  }

  /** `ws` closes by itself, with a code of its own, on bytes it cannot read: the client is told in our terms. */
  override close(code?: number | ErrorCode, reason?: string | Buffer): void {
    if (typeof reason === 'string' && code !== undefined && code < NORMAL_CLOSURE) {
      this.#whole(() => this.#fail(code as ErrorCode, reason));
    } else if (code !== undefined && reason === undefined && WS_UNREADABLE.has(code)) {
      if (code === WS_TOO_BIG) this.#fail(ErrorCode.tooLarge, `a message above ${this.gateway.limits.maxMessageBytes} bytes`);
      else this.#fail(ErrorCode.malformed, 'not a WebSocket message');
    } else {
      if (this.phase !== 'closing') this.gateway?.leaving(this);
      super.close(code, reason);
    }
  }

  welcome(owner: Pid, cursor: number, highestId: number): void {
    this.#whole(() => this.#welcome(owner, cursor, highestId));
  }

  // What every message calls is written out: one wrapper for all of them, called with whatever it wraps, cost the relay a tenth of its rate.

  ack(id: number): void {
    const { shelter } = this.gateway.runtime;
    const exposed = shelter.shelter();
    try {
      this.#batch()?.acks.push(id);
    } finally {
      if (exposed) shelter.expose();
    }
  }

  nack(id: number, code: ErrorCode, reason: string): void {
    this.#whole(() => this.#frame(writer.nack(id, code, reason).take()));
  }

  deliver(entry: Entry, again: boolean): void {
    const { shelter } = this.gateway.runtime;
    const exposed = shelter.shelter();
    try {
      this.#deliver(entry, again);
    } finally {
      if (exposed) shelter.expose();
    }
  }

  receipt(kind: ReceiptKind, id: number, by: string): void {
    this.#whole(() => this.#frame(writer.receipt(kind, id, by).take()));
  }

  presence(user: string, online: boolean, lastSeenMs: number): void {
    this.#whole(() => this.#frame(writer.presence(user, online, lastSeenMs).take()));
  }

  /** The user's process calls in the middle of its handler, which may be interrupted. */
  #whole(work: () => void): void {
    this.gateway.runtime.whole(work);
  }

  #welcome(owner: Pid, cursor: number, highestId: number): void {
    if (this.phase !== 'attaching') return;
    const { limits, name: node } = this.gateway;
    this.owner = owner;
    this.phase = 'open';
    this.gateway.entered(this);
    const { maxMessageBytes, maxOutstandingSends: maxUnanswered, idleMs } = limits;
    const version2 = this.usedId === undefined ? {} : { terms: { highestId, maxMessageBytes, maxUnanswered, idleMs } };
    const { maxFrameBytes, window } = limits;
    this.#frame(writer.welcome({ epoch: this.epoch, cursor, maxFrameBytes, window, node, ...version2 }).take());
  }

  taken(payloadBytes: number): void {
    const { shelter } = this.gateway.runtime;
    const exposed = shelter.shelter();
    try {
      this.#taken(payloadBytes);
    } finally {
      if (exposed) shelter.expose();
    }
  }

  #taken(payloadBytes: number): void {
    const bytes = Math.min(payloadBytes, this.unreadBytes);
    this.unreadBytes -= bytes;
    this.gateway.held.unread -= bytes;
    if (!this.isHeldUp || this.unreadBytes * 2 > this.gateway.limits.maxUnreadBytes) return;
    this.isHeldUp = false;
    if (this.gateway.reads) this.resume();
  }

  #deliver(entry: Entry, again: boolean): void {
    if (!again) {
      this.#batch()?.frames.push(entry);
      return;
    }
    const frame = Buffer.from(entry.value.subarray(entry.frameAt));
    frame[AGAIN_OFFSET] = 1;
    this.#frame(frame);
  }

  /** Writes what was collected. The gateway calls this once a turn. */
  flush(): void {
    const { batch } = this;
    if (batch === null) return;
    this.batch = null;
    const messages = batch.drain();
    this.gateway.flushQueue.takeBack(batch);
    const { socket } = this;
    if (socket.destroyed || !socket.writable) return;
    const { counters, limits } = this.gateway;
    for (const message of messages) {
      counters.messagesOut++;
      counters.bytesOut += message.length;
      socket.write(message);
    }
    this.measure();
    if (socket.writableLength <= limits.maxSocketBytes || this.phase === 'closing') return;
    counters.bounds['socket-bytes']++;
    this.#fail(ErrorCode.slowConsumer, `${socket.writableLength} bytes wait to be read`);
    // The close frame waits behind what is not being read.
    this.terminate();
  }

  /** Tells the node's count what the socket has not taken. */
  measure(): void {
    const { writableLength, destroyed } = this.socket;
    const bytes = destroyed ? 0 : writableLength;
    this.gateway.held.unsent += bytes - this.unsentBytes;
    this.unsentBytes = bytes;
  }

  /** The messages for this connection in this turn must not be delivered: its client comes back for them. */
  withhold(): void {
    const { batch } = this;
    if (batch === null || !batch.delivers) return;
    batch.dropDeliveries();
    this.#fail(ErrorCode.restarting, 'this node was away and may have lost this user to another node');
  }

  /** Counts a SEND until it is handled. A connection with too much of that is not read: TCP slows its client down. */
  #holdUp(payloadBytes: number): void {
    const { gateway } = this;
    this.unreadBytes += payloadBytes;
    gateway.held.unread += payloadBytes;
    if (this.isHeldUp) return;
    if (this.unreadBytes <= gateway.limits.maxUnreadBytes && !gateway.held.isFlooded(gateway.limits)) return;
    this.isHeldUp = true;
    gateway.counters.bounds['unread-bytes']++;
    this.pause();
  }

  #heard(): void {
    this.heardMs = this.gateway.nowMs;
    this.pinged = false;
  }

  /** Counts a frame against the connection's rate; false when it is over. */
  #spend(): boolean {
    if (this.budget >= 1) {
      this.budget--;
      return true;
    }
    if (this.phase === 'closing') return false;
    this.gateway.counters.bounds['frame-rate']++;
    this.#fail(ErrorCode.rateLimited, `more than ${this.gateway.limits.framesPerSecond} frames a second`);
    return false;
  }

  #receive(message: Buffer, isBinary: boolean): void {
    if (this.phase === 'closing') return;
    this.#heard();
    if (!isBinary) {
      this.#fail(ErrorCode.malformed, 'a text message; this protocol is binary');
      return;
    }
    const reader = new FrameReader(message, this.gateway.limits.maxFrameBytes);
    try {
      for (let frame = reader.next(); frame !== null; frame = reader.next()) {
        this.gateway.counters.framesIn++;
        if (!this.#spend()) return;
        this.#handle(frame);
        if ((this.phase as Phase) === 'closing') return;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (error.code === ErrorCode.tooLarge) this.gateway.counters.bounds['frame-size']++;
      this.#fail(error.code, error.message);
    }
  }

  #handle(frame: Frame): void {
    const { gateway } = this;
    if (frame.type === FrameType.hello) {
      if (this.phase !== 'challenged') this.#fail(ErrorCode.unexpected, 'a second HELLO');
      else this.#hello(frame);
      return;
    }
    const { owner } = this;
    if (this.phase !== 'open' || owner === null) {
      this.#fail(ErrorCode.unexpected, 'a frame before WELCOME');
      return;
    }
    switch (frame.type) {
      case FrameType.send:
        if (frame.id === 0) {
          this.#fail(ErrorCode.malformed, 'SEND with id 0; ids begin at 1');
          return;
        }
        this.#holdUp(frame.payload.length);
        gateway.runtime.send(owner, {
          type: 'send',
          connection: this,
          id: frame.id,
          receipts: frame.receipts,
          to: frame.to,
          payload: frame.payload,
          refuse: 0,
          standing: 'unknown',
          orphaned: false,
          asked: 0,
        });
        break;
      case FrameType.delivered:
        gateway.runtime.send(owner, { type: 'delivered', connection: this, seq: frame.seq });
        break;
      case FrameType.read:
        gateway.runtime.send(owner, { type: 'read', connection: this, seq: frame.seq });
        break;
      case FrameType.watch:
        gateway.runtime.send(owner, { type: 'watch-frame', connection: this, user: frame.user });
        break;
      case FrameType.ping:
        this.#frame(writer.pong(frame.nonce).take());
        break;
      case FrameType.bye:
        this.bye = true;
        this.close(NORMAL_CLOSURE);
        break;
      default:
        this.#fail(ErrorCode.unexpected, 'a frame that only servers send');
    }
  }

  #hello(frame: Extract<Frame, { type: typeof FrameType.hello }>): void {
    const { gateway, challenge } = this;
    if (frame.version < VERSION || frame.version > NEWEST_VERSION) {
      this.#fail(ErrorCode.malformed, `protocol version ${frame.version}; this server speaks ${VERSION} to ${NEWEST_VERSION}`);
      return;
    }
    const check = gateway.authenticate({ token: frame.token, proof: frame.proof, challenge: challenge as Buffer });
    if (!check.ok) {
      this.#fail(check.code, check.reason);
      return;
    }
    this.challenge = null;
    this.usedId = frame.usedId;
    gateway.signIn(this, check.claims.user, check.claims.device, frame.cursor);
  }

  /** ERROR, then the close frame with the same code; the user's process learns at once that the connection is gone. */
  #fail(code: ErrorCode, reason: string): void {
    if (this.phase === 'closing') return;
    this.#frame(writer.error(code, reason).take());
    this.gateway.counters.closes[code] = (this.gateway.counters.closes[code] ?? 0) + 1;
    this.gateway.leaving(this);
    this.flush();
    super.close(CLOSE_CODE_BASE + code, shorten(reason));
  }

  #frame(frame: Buffer): void {
    this.#batch()?.frames.push(frame);
  }

  #batch(): WriteBatch | null {
    if (this.phase === 'closing') return null;
    this.batch ??= this.gateway.flushQueue.batchFor(this);
    return this.batch;
  }

  #write(frame: Buffer): void {
    this.#frame(frame);
    this.flush();
  }
}

function shorten(reason: string): string {
  return reason.length <= MAX_CLOSE_REASON_BYTES ? reason : `${reason.slice(0, MAX_CLOSE_REASON_BYTES - 3)}...`;
}

/**
 * One connection of the native protocol, from TCP connect to close: handshake, sign-in, frames both ways.
 *
 * A worker has ten thousand of these: fields that are needed only at times are null otherwise, whatever can be shared belongs to the
 * driver, and no connection has its own closure, timer or buffer.
 */
import { Socket } from 'node:net';
import {
  CLOSE_CODE_BASE,
  ErrorCode,
  FrameReader,
  FrameType,
  type FrameWriter,
  ProtocolError,
  ReceiptKind,
  type ServerFrame,
  SUBPROTOCOL,
} from '../../../../targets/protocol/frames.ts';
import { proofOf } from '../../../../targets/protocol/token.ts';
import type {
  AbandonedSocket,
  ConnectOptions,
  Session,
  SessionEnd,
  SessionEnder,
  SessionEvents,
  SocketLink,
} from '../../../contracts/driver.ts';
import { resetSocket } from '../reset-socket.ts';
import { readAgain, stopReading } from '../socket-reading.ts';
import { redirectOf, retryAfterClose, retryAfterRefusal } from './retry.ts';
import {
  CloseCode,
  clientFrame,
  clientHeaderBytes,
  closePayload,
  Opcode,
  WebSocketDecoder,
  WebSocketError,
  type WebSocketEvents,
  writeClientHeader,
} from './websocket-codec.ts';
import { readUpgradeAnswer, upgradeRequest } from './websocket-handshake.ts';

/** Largest WebSocket message accepted from a server, and most bytes queued on a socket that does not drain. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;
/** Frames are batched up to this size, or the server's own limit if that is lower. */
const BATCH_BYTES = 16_384;
const CLOSE_TIMEOUT_MS = 2_000;
/** Query of the request of a client that was redirected. */
const REDIRECTED = '?redirected';

/** What the sessions of one driver share. */
export interface SessionHost {
  /** The writer, holding frames of this session only. */
  writerFor(session: NativeSession): FrameWriter;
  /** Releases the writer if it belongs to this session; its frames must have been taken. */
  release(session: NativeSession): void;
  /** Flush this session before the turn ends. */
  markDirty(session: NativeSession): void;
  /** Call `timedOut` unless `settled` comes first. */
  expect(session: NativeSession, withinMs: number): void;
  settled(session: NativeSession): void;
  opened(session: NativeSession): void;
  closed(session: NativeSession): void;
  /** Whole milliseconds for which the driver was tended, excluding time in which this process did not run. */
  readonly tendedMs: number;
}

/** A socket that knows its session, so that its listeners can be shared functions. */
export class SessionSocket extends Socket {
  session: NativeSession | null = null;
}

export const SocketListener = {
  connect(this: SessionSocket): void {
    this.session?.connected();
  },
  error(this: SessionSocket, error: NodeJS.ErrnoException): void {
    this.session?.failed(0, error.code ?? error.message, 'back-off', 'network');
  },
  close(this: SessionSocket): void {
    this.session?.gone();
  },
};

const State = { connecting: 0, upgrading: 1, signingIn: 2, open: 3, closing: 4, ended: 5 } as const;
type State = (typeof State)[keyof typeof State];

export class NativeSession implements Session, WebSocketEvents {
  readonly #host: SessionHost;
  readonly #events: SessionEvents;
  readonly #socket: SessionSocket;
  readonly #decoder = new WebSocketDecoder();
  #state: State = State.connecting;
  /** Until signed in. */
  #options: ConnectOptions | null;
  /** While upgrading: the expected Sec-WebSocket-Accept, and the answer so far. */
  #accept: string | null = null;
  #answer: Buffer | null = null;
  /** Why the session ends, once known; the first reason counts. */
  #end: SessionEnd | null = null;
  #batchBytes = BATCH_BYTES;
  /** Whole WebSocket messages that wait for the end of the turn. */
  #parked: Buffer[] | null = null;
  #acknowledge = 0;
  #reads: number[] | null = null;
  #dirty = false;
  readonly #keepaliveMs: number;
  /** When something was last heard or asked for, by `tendedMs`; and whether a sign of life was requested. */
  #heardMs = 0;
  #asked = false;
  /** Nothing is read, on purpose. */
  #stalled = false;

  constructor(host: SessionHost, socket: SessionSocket, options: ConnectOptions, events: SessionEvents) {
    this.#host = host;
    this.#socket = socket;
    this.#options = options;
    this.#keepaliveMs = options.keepaliveMs;
    this.#events = events;
    host.expect(this, options.handshakeTimeoutMs);
  }

  // What the user does.

  send(id: number, to: string, payload: Buffer, receipts: boolean): boolean {
    if (this.#state !== State.open) return false;
    const writer = this.#host.writerFor(this);
    writer.send(id, receipts, to, payload);
    if (writer.length >= this.#batchBytes) this.park(writer);
    this.#touch();
    return true;
  }

  acknowledge(seq: number): void {
    if (this.#state !== State.open) return;
    this.#acknowledge = seq;
    this.#touch();
  }

  read(seq: number): void {
    if (this.#state !== State.open) return;
    this.#reads ??= [];
    this.#reads.push(seq);
    this.#touch();
  }

  watch(user: string): void {
    if (this.#state !== State.open) return;
    const writer = this.#host.writerFor(this);
    writer.watch(user);
    if (writer.length >= this.#batchBytes) this.park(writer);
    this.#touch();
  }

  close(): void {
    if (this.#state >= State.closing) return;
    this.#end ??= { clean: true, code: CloseCode.normal, reason: '', retry: 'at-once', redirect: null };
    if (this.#state !== State.open) {
      this.#state = State.closing;
      this.#socket.destroy();
      return;
    }
    this.#host.writerFor(this).bye();
    this.flush();
    this.#leave(CloseCode.normal);
  }

  abort(reason = 'aborted', retry: SessionEnd['retry'] = 'at-once'): void {
    if (this.#state === State.ended) return;
    this.#end ??= { clean: true, code: 0, reason, retry, redirect: null };
    this.#state = State.closing;
    resetSocket(this.#socket);
  }

  get link(): SocketLink | null {
    if (this.#state !== State.open) return null;
    const { localAddress, localPort, remoteAddress, remotePort } = this.#socket;
    return { local: `${localAddress}:${localPort}`, remote: `${remoteAddress}:${remotePort}` };
  }

  stall(): boolean {
    if (this.#state !== State.open || this.#stalled) return false;
    this.#host.writerFor(this).ping(0);
    this.flush();
    this.#stalled = stopReading(this.#socket);
    return this.#stalled;
  }

  resume(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#heardMs = this.#host.tendedMs;
    this.#asked = false;
    readAgain(this.#socket);
  }

  abandon(): AbandonedSocket | null {
    if (this.#state !== State.open) return null;
    const socket = this.#socket;
    this.#host.writerFor(this).ping(0);
    this.flush();
    if (!stopReading(socket)) return null;
    this.#end ??= { clean: true, code: 0, reason: 'abandoned', retry: 'at-once', redirect: null };
    this.gone();
    return { end: () => resetSocket(socket) };
  }

  // What the driver does.

  /** Write everything queued in this turn. */
  flush(): void {
    this.#dirty = false;
    if (this.#state !== State.open) {
      this.#parked = null;
      return;
    }
    const writer = this.#host.writerFor(this);
    if (this.#acknowledge > 0) writer.delivered(this.#acknowledge);
    this.#acknowledge = 0;
    if (this.#reads !== null) for (const seq of this.#reads) writer.read(seq);
    this.#reads = null;
    this.park(writer);
    this.#host.release(this);
    this.#writeParked();
    if (this.#socket.writableLength > MAX_UNWRITTEN_BYTES) this.#drop('the server does not read', 'back-off');
  }

  /** Turns the writer's frames into one WebSocket message, to be written with the turn's others. */
  park(writer: FrameWriter): void {
    const length = writer.length;
    if (length === 0) return;
    const message = writer.take(clientHeaderBytes(length));
    writeClientHeader(message, Opcode.binary, length);
    this.#parked ??= [];
    this.#parked.push(message);
  }

  /** Nothing heard for long: ask. Nothing heard for as long again: the server, or the path to it, is gone. */
  tend(): void {
    const { tendedMs } = this.#host;
    if (this.#state !== State.open || this.#stalled || tendedMs - this.#heardMs < this.#keepaliveMs) return;
    if (this.#asked) {
      this.#drop('keepalive', 'elsewhere');
      return;
    }
    this.#asked = true;
    this.#heardMs = tendedMs;
    this.#host.writerFor(this).ping(0);
    this.#touch();
  }

  timedOut(): void {
    this.failed(0, this.#state === State.closing ? 'close timed out' : 'handshake timed out', 'back-off', 'client');
    this.#socket.destroy();
  }

  // What the socket does.

  connected(): void {
    const options = this.#options;
    if (this.#state !== State.connecting || options === null) return;
    const { host, port, path } = options.endpoint;
    const target = options.redirected ? path + REDIRECTED : path;
    const upgrade = upgradeRequest(`${host}:${port}`, target, SUBPROTOCOL);
    this.#accept = upgrade.accept;
    this.#state = State.upgrading;
    this.#socket.write(upgrade.request, 'latin1');
  }

  /** The first `length` bytes of `chunk` arrived; the chunk is reused after the call. */
  received(chunk: Buffer, length: number): void {
    if (this.#state === State.ended) return;
    this.#heardMs = this.#host.tendedMs;
    this.#asked = false;
    try {
      if (this.#state === State.upgrading) this.#readAnswer(chunk.subarray(0, length));
      else this.#decoder.push(chunk, length, MAX_MESSAGE_BYTES, this);
    } catch (error) {
      if (!(error instanceof WebSocketError || error instanceof ProtocolError)) throw error;
      const code = error instanceof WebSocketError ? error.code : CloseCode.protocolError;
      this.failed(code, `protocol error: ${error.message}`, 'back-off', 'client');
      this.#leave(code);
    }
  }

  failed(code: number, reason: string, retry: SessionEnd['retry'], by: SessionEnder): void {
    this.#end ??= { clean: false, code, reason, retry, redirect: redirectOf(code, reason), by };
  }

  gone(): void {
    if (this.#state === State.ended) return;
    this.#state = State.ended;
    this.#host.settled(this);
    this.#host.closed(this);
    this.#socket.session = null;
    this.#parked = null;
    this.failed(0, 'connection closed', 'back-off', 'network');
    this.#events.ended(this.#end as SessionEnd);
  }

  // What the WebSocket decoder finds.

  message(payload: Buffer, binary: boolean): void {
    if (!binary) throw new WebSocketError(CloseCode.protocolError, 'a text message');
    const reader = new FrameReader(payload);
    for (let frame = reader.next(); frame !== null; frame = reader.next()) {
      if (this.#state === State.signingIn) this.#signIn(frame as ServerFrame);
      else if (this.#state === State.open) this.#frame(frame as ServerFrame);
      else return;
    }
  }

  pingFrame(payload: Buffer): void {
    this.#socket.write(clientFrame(Opcode.pong, payload));
  }

  pongFrame(): void {}

  closeFrame(code: number, reason: string): void {
    this.failed(code, reason, retryAfterClose(code), 'server');
    this.#leave(code === CloseCode.noStatus ? CloseCode.normal : code);
  }

  #readAnswer(bytes: Buffer): void {
    const answer = this.#answer === null ? bytes : Buffer.concat([this.#answer, bytes]);
    const verdict = readUpgradeAnswer(answer, this.#accept as string, SUBPROTOCOL);
    switch (verdict.kind) {
      case 'partial':
        this.#answer = Buffer.from(answer);
        return;
      case 'refused':
        this.failed(0, verdict.reason, retryAfterRefusal(verdict.status), verdict.status === 0 ? 'client' : 'server');
        this.#socket.destroy();
        return;
      case 'upgraded': {
        this.#answer = null;
        this.#accept = null;
        this.#state = State.signingIn;
        const rest = answer.subarray(verdict.headBytes);
        if (rest.length > 0) this.#decoder.push(rest, rest.length, MAX_MESSAGE_BYTES, this);
      }
    }
  }

  #signIn(frame: ServerFrame): void {
    const options = this.#options as ConnectOptions;
    switch (frame.type) {
      case FrameType.challenge: {
        const writer = this.#host.writerFor(this);
        const { credential, cursor, usedId } = options;
        writer.hello(credential.token, proofOf(credential.secret, frame.challenge), cursor, usedId);
        this.park(writer);
        this.#host.release(this);
        this.#writeParked();
        return;
      }
      case FrameType.welcome:
        this.#state = State.open;
        this.#options = null;
        this.#batchBytes = Math.min(BATCH_BYTES, frame.maxFrameBytes);
        this.#host.settled(this);
        this.#host.opened(this);
        this.#events.open(frame.cursor, frame);
        return;
      case FrameType.error:
        this.#refusedBy(frame.code, frame.reason);
        return;
      default:
        throw new ProtocolError(ErrorCode.unexpected, `frame 0x${frame.type.toString(16)} before WELCOME`, 0);
    }
  }

  #frame(frame: ServerFrame): void {
    switch (frame.type) {
      case FrameType.deliver:
        this.#events.delivered(frame.seq, frame.id, frame.from, frame.payload, frame.again);
        return;
      case FrameType.ack:
        this.#events.acked(frame.id);
        return;
      case FrameType.receipt:
        this.#events.receipt(frame.kind === ReceiptKind.delivered ? 'delivered' : 'read', frame.id, frame.by);
        return;
      case FrameType.nack:
        this.#events.refused(frame.id, frame.code, frame.reason);
        return;
      case FrameType.error:
        this.#refusedBy(frame.code, frame.reason);
        return;
      case FrameType.presence:
        this.#events.presence?.(frame.user, frame.online);
        return;
      case FrameType.pong:
        return;
      default:
        throw new ProtocolError(ErrorCode.unexpected, 'a frame that a server does not send here', 0);
    }
  }

  /** The close frame that follows an ERROR says no more; do not depend on it. */
  #refusedBy(code: number, reason: string): void {
    this.failed(CLOSE_CODE_BASE + code, reason, retryAfterClose(CLOSE_CODE_BASE + code), 'server');
  }

  /** Send our close frame and our FIN, and wait a limited time for the server's. */
  #leave(code: number): void {
    if (this.#state >= State.closing) return;
    this.#state = State.closing;
    this.#parked = null;
    this.#host.settled(this);
    this.#host.expect(this, CLOSE_TIMEOUT_MS);
    this.#socket.end(clientFrame(Opcode.close, closePayload(code)));
  }

  #drop(reason: string, retry: SessionEnd['retry']): void {
    this.failed(0, reason, retry, 'client');
    this.#state = State.closing;
    resetSocket(this.#socket);
  }

  #writeParked(): void {
    const parked = this.#parked;
    if (parked === null) return;
    this.#parked = null;
    if (parked.length === 1) this.#socket.write(parked[0] as Buffer);
    else this.#socket.write(Buffer.concat(parked));
  }

  #touch(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#host.markDirty(this);
  }
}

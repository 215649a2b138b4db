/**
 * Sockets whose HTTP request is not complete yet. In: sockets as they are accepted; out: upgrades. Bounded in bytes and in time; one
 * set of listeners serves them all.
 */
import type { Socket } from 'node:net';
import { ErrorCode } from '../../protocol/frames.ts';
import type { Counters } from '../messaging/counters.ts';
import type { Limits } from '../messaging/limits.ts';
import { MAX_REQUEST_BYTES, parseRequest, refusal, type Upgrade } from './handshake.ts';

export interface HandshakeHost {
  readonly limits: Limits;
  readonly counters: Counters;
  /** Monotonic milliseconds, as of the last sweep. */
  readonly nowMs: number;
  /** Takes over a socket that asked for a WebSocket; `head`: what came behind the request. */
  upgrade(upgrade: Upgrade, socket: Socket, head: Buffer): void;
}

interface PendingHandshake {
  sinceMs: number;
  bytes: Buffer | null;
}

export class PendingHandshakes {
  readonly #host: HandshakeHost;
  readonly #sockets = new Map<Socket, PendingHandshake>();
  // One function for all sockets; the socket is the one the event came from.
  readonly #onData: (this: Socket, chunk: Buffer) => void;
  readonly #onClose: (this: Socket) => void;

  constructor(host: HandshakeHost) {
    this.#host = host;
    const pending = this;
    this.#onData = function onData(this: Socket, chunk: Buffer): void {
      pending.#read(this, chunk);
    };
    this.#onClose = function onClose(this: Socket): void {
      pending.#sockets.delete(this);
    };
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Waits for the request of `socket`, without reading it as long as it is paused. */
  add(socket: Socket): void {
    this.#sockets.set(socket, { sinceMs: this.#host.nowMs, bytes: null });
    socket.on('data', this.#onData);
    socket.on('close', this.#onClose);
  }

  pause(): void {
    for (const socket of this.#sockets.keys()) socket.pause();
  }

  /** Reads again; the `pausedMs` nobody listened count against nobody. */
  resume(pausedMs: number): void {
    for (const [socket, handshake] of this.#sockets) {
      handshake.sinceMs += pausedMs;
      socket.resume();
    }
  }

  /** Turns away who took too long. */
  sweep(): void {
    const { limits, counters, nowMs } = this.#host;
    for (const [socket, handshake] of this.#sockets) {
      if (nowMs - handshake.sinceMs <= limits.handshakeMs) continue;
      counters.bounds['handshake-time']++;
      this.#count(ErrorCode.handshakeTimeout);
      socket.end(refusal(408, 'no request in time'));
      socket.destroySoon();
      this.#sockets.delete(socket);
    }
  }

  /** Whoever came first goes; false when nobody is here. */
  dropOldest(): boolean {
    const [oldest] = this.#sockets.keys();
    if (oldest === undefined) return false;
    this.#sockets.delete(oldest);
    oldest.end(refusal(503, 'too many connections'));
    oldest.destroySoon();
    return true;
  }

  destroy(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  #read(socket: Socket, chunk: Buffer): void {
    const handshake = this.#sockets.get(socket);
    if (handshake === undefined) return;
    const bytes = handshake.bytes === null ? chunk : Buffer.concat([handshake.bytes, chunk]);
    const parsed = parseRequest(bytes.length > MAX_REQUEST_BYTES ? bytes.subarray(0, MAX_REQUEST_BYTES) : bytes);
    if (parsed.kind === 'incomplete') {
      handshake.bytes = bytes;
      return;
    }
    this.#sockets.delete(socket);
    socket.removeListener('data', this.#onData);
    socket.removeListener('close', this.#onClose);
    if (parsed.kind === 'upgrade') {
      // The answer and the challenge in one write.
      socket.cork();
      this.#host.upgrade(parsed, socket, Buffer.from(bytes.subarray(parsed.headBytes)));
      socket.uncork();
      return;
    }
    this.#count(ErrorCode.malformed);
    socket.end(refusal(parsed.status, parsed.reason));
    socket.resume();
    socket.destroySoon();
  }

  #count(code: ErrorCode): void {
    const { closes } = this.#host.counters;
    closes[code] = (closes[code] ?? 0) + 1;
  }
}

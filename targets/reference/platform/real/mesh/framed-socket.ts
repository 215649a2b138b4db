import type { Socket } from 'node:net';
import { FrameReader, type OnFrame } from './frame-reader.ts';
import { frameOf, MAX_HANDSHAKE_FRAME_BYTES } from './wire.ts';

/** A TCP connection that carries frames. Who uses it changes: first the handshake, then the peer. */
export class FramedSocket {
  readonly socket: Socket;
  /** Gets each frame; returns false to look at no more. */
  onFrame: OnFrame = () => false;
  /** Called once, when the connection is gone, for whatever reason. */
  onClosed: () => void = () => {};
  /** Called when what arrives is not made of frames, or of too long ones; the connection is cut then. */
  onGarbage: () => void = () => {};
  readonly #reader = new FrameReader(MAX_HANDSHAKE_FRAME_BYTES);
  readonly #onFrame: OnFrame = (type, body) => this.onFrame(type, body) && !this.socket.destroyed;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      if (socket.destroyed || this.#reader.push(chunk, this.#onFrame)) return;
      this.onGarbage();
      socket.destroy();
    });
    // Whatever it was, `close` follows, and that is all there is to know.
    socket.on('error', () => {});
    socket.on('close', () => this.onClosed());
  }

  set limitBytes(limitBytes: number) {
    this.#reader.limitBytes = limitBytes;
  }

  write(type: number, body: Uint8Array): void {
    this.socket.write(frameOf(type, body));
  }
}

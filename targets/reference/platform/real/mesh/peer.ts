import type { NodeIdentity } from '../../../runtime/index.ts';
import { FrameBuffer } from './frame-buffer.ts';
import type { FramedSocket } from './framed-socket.ts';
import { HEADER_BYTES, MAX_FRAME_BYTES, SIGNAL, TICK } from './wire.ts';

/** A peer is down when this many ticks in a row found that nothing had come from it. */
export const SILENT_TICKS = 4;

export interface PeerEvents {
  signal(peer: Peer, bytes: Buffer): void;
  /** Something waits to be flushed. */
  dirty(peer: Peer): void;
  /** It must be dropped; not called from within `send`. */
  gone(peer: Peer, why: PeerEnd): void;
  /** Whether it is congested may have changed. */
  drained(): void;
}

export type PeerEnd = 'closed' | 'garbage' | 'silent' | 'overflow';

/** An established connection to another node. */
export class Peer {
  readonly node: NodeIdentity;
  /** What it said of its load in its last tick. */
  load: number | null = null;
  /** Above the high-water mark, until half of it is gone. */
  congested = false;
  readonly #framed: FramedSocket;
  readonly #events: PeerEvents;
  readonly #maxQueueBytes: number;
  readonly #unsent = new FrameBuffer();
  /** Handed to the socket, not written yet. */
  #inSocket = 0;
  #open = true;
  #silentTicks = 0;
  #heard = true;
  readonly #written = (): void => {
    this.#inSocket = this.#framed.socket.writableLength;
    if (this.congested && this.queuedBytes < this.#maxQueueBytes / 8) {
      this.congested = false;
      this.#events.drained();
    }
  };

  constructor(node: NodeIdentity, framed: FramedSocket, maxQueueBytes: number, events: PeerEvents) {
    this.node = node;
    this.#framed = framed;
    this.#maxQueueBytes = maxQueueBytes;
    this.#events = events;
    framed.limitBytes = MAX_FRAME_BYTES;
    framed.onGarbage = () => events.gone(this, 'garbage');
    framed.onClosed = () => events.gone(this, 'closed');
    framed.onFrame = (type, body) => this.#frame(type, body);
  }

  get queuedBytes(): number {
    return this.#unsent.bytes + this.#inSocket;
  }

  /** Returns false, and is lost from then on, when its queue would pass the limit. */
  send(signal: Uint8Array): boolean {
    if (!this.#open) return false;
    const queued = this.queuedBytes + HEADER_BYTES + signal.length;
    if (queued > this.#maxQueueBytes) {
      this.#open = false;
      setImmediate(() => this.#events.gone(this, 'overflow'));
      return false;
    }
    if (queued > this.#maxQueueBytes / 4) this.congested = true;
    if (this.#unsent.bytes === 0) this.#events.dirty(this);
    this.#unsent.add(SIGNAL, signal);
    return true;
  }

  /** Everything that waits, in one write. */
  flush(): void {
    const { socket } = this.#framed;
    const batch = this.#unsent.take();
    if (batch.length === 0 || socket.destroyed) return;
    if (batch.length > 1) socket.cork();
    batch.forEach((slab, index) => {
      if (index === batch.length - 1) socket.write(slab, this.#written);
      else socket.write(slab);
    });
    if (batch.length > 1) socket.uncork();
    this.#inSocket = socket.writableLength;
  }

  /** Tell it that this node lives, and see whether it does. */
  tick(load: number): void {
    this.#silentTicks = this.#heard ? 0 : this.#silentTicks + 1;
    this.#heard = false;
    if (this.#silentTicks >= SILENT_TICKS) {
      this.#events.gone(this, 'silent');
      return;
    }
    const body = Buffer.allocUnsafe(4);
    body.writeUInt32BE(Math.min(Math.max(0, Math.round(load)), 0xffffffff));
    // Behind what waits, so that a tick never overtakes a signal; it counts for nothing against the limit.
    this.#unsent.add(TICK, body);
    this.flush();
  }

  /** Nothing is read or sent any more, and what waits is lost. */
  cut(): void {
    this.#end();
    this.#framed.socket.destroy();
  }

  /** Nothing is read any more; what waits is still written, if that takes no longer than `lingerMs`. Resolves when it is closed. */
  close(lingerMs: number): Promise<void> {
    const { socket } = this.#framed;
    this.#end();
    this.flush();
    return new Promise((resolve) => {
      if (socket.closed) {
        resolve();
        return;
      }
      const give = setTimeout(() => socket.destroy(), lingerMs);
      socket.once('close', () => {
        clearTimeout(give);
        resolve();
      });
      socket.destroySoon();
    });
  }

  #end(): void {
    this.#open = false;
    this.#framed.onFrame = () => false;
    this.#framed.onClosed = () => {};
    this.#framed.onGarbage = () => {};
  }

  #frame(type: number, body: Buffer): boolean {
    this.#heard = true;
    if (!this.#open) return false;
    if (type === SIGNAL) this.#events.signal(this, body);
    else if (type === TICK && body.length === 4) this.load = body.readUInt32BE(0);
    else {
      this.#events.gone(this, 'garbage');
      return false;
    }
    return this.#open;
  }
}

import { HEADER_BYTES, writeHeader } from './wire.ts';

const SLAB_BYTES = 64 * 1024;

/**
 * Frames that go out with the next write. They are written into slabs, one behind the other; a slab is never written to twice, so that
 * the socket may keep it as long as it likes, and nothing is copied again.
 */
export class FrameBuffer {
  #slab = Buffer.alloc(0);
  /** Of the part of the slab that is not taken yet. */
  #start = 0;
  #end = 0;
  #full: Buffer[] = [];
  #fullBytes = 0;

  get bytes(): number {
    return this.#fullBytes + this.#end - this.#start;
  }

  /** What it was given is the caller's again. An interruption in the middle leaves it as it was. */
  add(type: number, body: Uint8Array): void {
    const size = HEADER_BYTES + body.length;
    if (this.#end + size > this.#slab.length) this.#nextSlab(size);
    writeHeader(this.#slab, this.#end, type, body.length);
    this.#slab.set(body, this.#end + HEADER_BYTES);
    this.#end += size;
  }

  /** Everything in order; empty from then on. */
  take(): Buffer[] {
    const taken = this.#full;
    if (this.#end > this.#start) taken.push(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
    this.#full = [];
    this.#fullBytes = 0;
    return taken;
  }

  #nextSlab(size: number): void {
    const slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, size));
    if (this.#end > this.#start) {
      this.#full.push(this.#slab.subarray(this.#start, this.#end));
      this.#fullBytes += this.#end - this.#start;
    }
    this.#start = 0;
    this.#end = 0;
    this.#slab = slab;
  }
}

import { HEADER_BYTES } from './wire.ts';

/** Returns false to stop reading: what follows is not looked at. */
export type OnFrame = (type: number, body: Buffer) => boolean;

const NOTHING = Buffer.alloc(0);

/** Cuts a stream of bytes into frames. A frame that lies within one chunk is a view of it; only those cut in two are copied. */
export class FrameReader {
  /** Frames longer than this (type and body) are refused. */
  limitBytes: number;
  /** The beginning of a frame whose end has not come yet. */
  #parts: Buffer[] = [];
  #have = 0;
  /** Bytes of it that are needed before there is anything to do; its header, then all of it. */
  #need = HEADER_BYTES;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Returns false when a frame is empty or longer than the limit: then these bytes are no frames, and all is lost. */
  push(chunk: Buffer, onFrame: OnFrame): boolean {
    let bytes = chunk;
    if (this.#have > 0) {
      this.#parts.push(chunk);
      this.#have += chunk.length;
      if (this.#have < this.#need) return true;
      bytes = Buffer.concat(this.#parts, this.#have);
      this.#parts = [];
      this.#have = 0;
    }
    let at = 0;
    this.#need = HEADER_BYTES;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(at);
      if (length === 0 || length > this.limitBytes) return false;
      const end = at + 4 + length;
      if (end > bytes.length) {
        this.#need = 4 + length;
        break;
      }
      const type = bytes[at + 4] as number;
      const start = at + HEADER_BYTES;
      at = end;
      if (!onFrame(type, start === end ? NOTHING : bytes.subarray(start, end))) return true;
    }
    if (at < bytes.length) {
      this.#parts.push(at === 0 ? bytes : bytes.subarray(at));
      this.#have = bytes.length - at;
    }
    return true;
  }
}

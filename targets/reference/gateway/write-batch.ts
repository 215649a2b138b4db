/**
 * The output of one connection in this turn, and how it becomes bytes: as few WebSocket messages as possible, each in one buffer.
 */
import { FrameType, HEADER_BYTES } from '../../protocol/frames.ts';
import type { Entry } from '../messaging/entry.ts';

const ACK_BYTES = HEADER_BYTES + 8;
const ACK_HEADER = FrameType.ack * 0x1000000 + 8;
const TWO_32 = 0x1_0000_0000;
const MAX_BATCH_BYTES = 65_535;
const FIN_BINARY = 0x82;

export class WriteBatch {
  /** Ids to acknowledge. */
  readonly acks: number[] = [];
  /** Entries to deliver and frames made elsewhere, in order. */
  readonly frames: (Entry | Buffer)[] = [];

  get empty(): boolean {
    return this.acks.length === 0 && this.frames.length === 0;
  }

  /** Whether a message is on its way out. */
  get delivers(): boolean {
    return this.frames.some(isDelivery);
  }

  /** Drops the messages to deliver; the rest stays. */
  dropDeliveries(): void {
    const rest = this.frames.filter((frame) => !isDelivery(frame));
    this.frames.length = 0;
    this.frames.push(...rest);
  }

  /** Empties the batch into WebSocket frames, server to client: unmasked, not compressed. */
  drain(): Buffer[] {
    const { acks, frames } = this;
    const out: Buffer[] = [];
    let ackAt = 0;
    let frameAt = 0;
    while (ackAt < acks.length || frameAt < frames.length) {
      const ackCount = Math.min(acks.length - ackAt, Math.floor(MAX_BATCH_BYTES / ACK_BYTES));
      let size = ackCount * ACK_BYTES;
      let frameEnd = frameAt;
      while (frameEnd < frames.length) {
        const bytes = frameBytes(frames[frameEnd] as Entry | Buffer);
        if (size > 0 && size + bytes > MAX_BATCH_BYTES) break;
        size += bytes;
        frameEnd++;
      }
      const header = size < 126 ? 2 : size <= 0xffff ? 4 : 10;
      const message = Buffer.allocUnsafe(header + size);
      message[0] = FIN_BINARY;
      if (header === 2) message[1] = size;
      else if (header === 4) {
        message[1] = 126;
        message.writeUInt16BE(size, 2);
      } else {
        message[1] = 127;
        message.writeUInt32BE(0, 2);
        message.writeUInt32BE(size, 6);
      }
      let at = header;
      for (const last = ackAt + ackCount; ackAt < last; ackAt++) {
        const id = acks[ackAt] as number;
        const high = Math.floor(id / TWO_32);
        at = message.writeUInt32BE(ACK_HEADER, at);
        at = message.writeUInt32BE(high, at);
        at = message.writeUInt32BE(id - high * TWO_32, at);
      }
      for (; frameAt < frameEnd; frameAt++) {
        const frame = frames[frameAt] as Entry | Buffer;
        if (Buffer.isBuffer(frame)) {
          message.set(frame, at);
          at += frame.length;
        } else {
          at += frame.value.copy(message, at, frame.frameAt);
        }
      }
      out.push(message);
    }
    acks.length = 0;
    frames.length = 0;
    return out;
  }
}

function isDelivery(frame: Entry | Buffer): boolean {
  return !Buffer.isBuffer(frame) || frame[0] === FrameType.deliver;
}

function frameBytes(frame: Entry | Buffer): number {
  return Buffer.isBuffer(frame) ? frame.length : frame.value.length - frame.frameAt;
}

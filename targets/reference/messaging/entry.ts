/**
 * One message in a mailbox, as it lies in the store and as it goes over the wire: the stored value ends in the finished
 * DELIVER frame, so that delivery copies bytes and encodes nothing.
 *
 *     value = flags:u8  refusedCount:u8  sender:str8  [session:u64  refused:u64 * refusedCount]  DELIVER frame
 *
 * flags bit 0: receipts wanted; bit 1: `session` is there, as in every entry written now, and otherwise only with refused ids;
 * bit 2: stripped; bit 3: a store has the payload apart.
 * `sender` is user "/" device. `session` is the sender's connection that it came on; `refused` are ids of this sender's that were
 * refused in it before this one was accepted: they are below the watermark and yet not stored.
 *
 * The *head* of an entry is everything but the payload: it says who sent what, and how large the whole is. A stripped entry is a head
 * that was kept as a tombstone: every device had the message, and its payload is gone.
 */
import { FrameType, HEADER_BYTES } from '../../protocol/frames.ts';

const NO_IDS: readonly number[] = [];
const TWO_32 = 0x1_0000_0000;
const DELIVER_FIXED_BYTES = 26;
const PREFIX_BYTES = 3;
const RECEIPTS = 1;
const HAS_SESSION = 2;
const STRIPPED = 4;
const APART = 8;
/** Largest value that a store keeps in one piece and a mailbox keeps whole as a tombstone; of a larger one the head is kept apart. */
export const WHOLE_BYTES = 1_024;
/** Where the flags byte lies in a DELIVER frame, header included. */
export const AGAIN_OFFSET = HEADER_BYTES + 24;

export interface Entry {
  readonly seq: number;
  readonly id: number;
  /** user "/" device. */
  readonly sender: string;
  readonly receipts: boolean;
  readonly session: number;
  readonly refused: readonly number[];
  /** The stored value. */
  readonly value: Buffer;
  /** Where in `value` the DELIVER frame begins. */
  readonly frameAt: number;
}

export function senderKey(user: string, device: string): string {
  return `${user}/${device}`;
}

export function userOf(sender: string): string {
  return sender.slice(0, sender.indexOf('/'));
}

/** What of a message goes into its entry. */
export interface SentMessage {
  readonly id: number;
  /** user "/" device, and the user alone. */
  readonly sender: string;
  readonly from: string;
  /** Epoch of the connection it was sent on. */
  readonly session: number;
  readonly receipts: boolean;
  readonly payload: Buffer;
}

export function encodeEntry(message: SentMessage, seq: number, sentAtMs: number, refused: readonly number[]): Entry {
  const { id, sender, from, session, receipts, payload } = message;
  const frameAt = PREFIX_BYTES + sender.length + 8 + 8 * refused.length;
  const body = DELIVER_FIXED_BYTES + from.length + payload.length;
  const value = Buffer.allocUnsafe(frameAt + HEADER_BYTES + body);
  value[0] = receipts ? RECEIPTS | HAS_SESSION : HAS_SESSION;
  value[1] = refused.length;
  value[2] = sender.length;
  value.write(sender, PREFIX_BYTES, sender.length, 'latin1');
  let at = writeU64(value, session, PREFIX_BYTES + sender.length);
  for (const one of refused) at = writeU64(value, one, at);
  at = value.writeUInt32BE(FrameType.deliver * 0x1000000 + body, at);
  at = writeU64(value, seq, at);
  at = writeU64(value, id, at);
  at = writeU64(value, sentAtMs, at);
  value[at] = 0;
  value[at + 1] = from.length;
  value.write(from, at + 2, from.length, 'latin1');
  value.set(payload, at + 2 + from.length);
  return { seq, id, sender, receipts, session, refused, value, frameAt };
}

/** What of a message decides how large its entry is. */
interface Measured extends Pick<SentMessage, 'sender' | 'from'> {
  readonly payload: { readonly length: number };
}

/** How many bytes encodeEntry would make of the message with this number of refused ids. */
export function encodedBytes({ sender, from, payload }: Measured, refused: number): number {
  return PREFIX_BYTES + sender.length + 8 + 8 * refused + HEADER_BYTES + DELIVER_FIXED_BYTES + from.length + payload.length;
}

/** Reads a value that encodeEntry made, or its head. Throws RangeError when it is neither. */
export function decodeEntry(seq: number, value: Buffer): Entry {
  const flags = value.readUInt8(0);
  const count = value.readUInt8(1);
  const senderLength = value.readUInt8(2);
  const sender = value.toString('latin1', PREFIX_BYTES, PREFIX_BYTES + senderLength);
  let at = PREFIX_BYTES + senderLength;
  let session = 0;
  let refused = NO_IDS;
  if (count > 0 || (flags & HAS_SESSION) !== 0) {
    session = readU64(value, at);
    at += 8;
  }
  if (count > 0) {
    const ids: number[] = [];
    for (let i = 0; i < count; i++) ids.push(readU64(value, at + 8 * i));
    refused = ids;
    at += 8 * count;
  }
  const id = readU64(value, at + HEADER_BYTES + 8);
  return { seq, id, sender, receipts: (flags & RECEIPTS) !== 0, session, refused, value, frameAt: at };
}

/** Bytes of the whole value, also when `value` is only its head. */
export function wholeBytes({ value, frameAt }: Entry): number {
  return frameAt + HEADER_BYTES + (value.readUInt32BE(frameAt) & 0xffffff);
}

/** Whether it is a tombstone without a payload: every device known then has had it. */
export function isStripped({ value }: Entry): boolean {
  return ((value[0] as number) & STRIPPED) !== 0;
}

/** Whether this is the head of an entry whose payload lies elsewhere in the store. */
export function isApart(value: Uint8Array): boolean {
  return ((value[0] as number) & APART) !== 0;
}

/** The head of a value, as a copy, marked as being apart from its payload. */
export function headOf(value: Buffer): Buffer {
  return copyOfHead(value, (flags) => flags | APART);
}

/** The head of a value, or a head, as a copy, marked as stripped. */
export function strippedHead(value: Buffer): Buffer {
  return copyOfHead(value, (flags) => (flags & ~APART) | STRIPPED);
}

/** The whole value again, of which `head` was the head; null when this is not its payload. */
export function joinHead(head: Buffer, payload: Buffer): Buffer | null {
  const whole = Buffer.allocUnsafe(wholeBytes(decodeEntry(0, head)));
  if (head.length + payload.length !== whole.length) return null;
  head.copy(whole);
  payload.copy(whole, head.length);
  whole[0] = (head[0] as number) & ~APART;
  return whole;
}

function copyOfHead(value: Buffer, mark: (flags: number) => number): Buffer {
  const { frameAt } = decodeEntry(0, value);
  const fromAt = frameAt + HEADER_BYTES + DELIVER_FIXED_BYTES - 1;
  const head = Buffer.from(value.subarray(0, fromAt + 1 + value.readUInt8(fromAt)));
  head[0] = mark(head[0] as number);
  return head;
}

/** When the sender's process accepted it, ms since 1970. */
export function sentAtMsOf({ value, frameAt }: Entry): number {
  return readU64(value, frameAt + HEADER_BYTES + 16);
}

/** What was sent; a view of the stored value. */
export function payloadOf({ value, frameAt }: Entry): Buffer {
  const from = frameAt + HEADER_BYTES + DELIVER_FIXED_BYTES - 1;
  return value.subarray(from + 1 + value.readUInt8(from));
}

function writeU64(bytes: Buffer, value: number, at: number): number {
  const high = Math.floor(value / TWO_32);
  bytes.writeUInt32BE(high, at);
  return bytes.writeUInt32BE(value - high * TWO_32, at + 4);
}

function readU64(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * TWO_32 + bytes.readUInt32BE(at + 4);
}

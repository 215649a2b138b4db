/**
 * The codec of the native wire protocol; README.md in this folder is its specification, golden-vectors.json its proof.
 *
 * In: bytes of one WebSocket message, out: frames; and back. Pure: no I/O, no clock. Decoded payloads are views of the
 * input; whoever keeps one copies it.
 */

export const SUBPROTOCOL = 'letitcrash.1';
/** Of HELLO without `usedId`: the oldest that servers understand. */
export const VERSION = 1;
/** Of HELLO with it. */
export const NEWEST_VERSION = 2;
export const HEADER_BYTES = 4;
export const CHALLENGE_BYTES = 16;
export const PROOF_BYTES = 32;
/** Largest body the 24-bit length can carry; a server's own limit is lower. */
export const MAX_BODY_BYTES = 0xffffff;

/** Bytes of a SEND's body beside the receiver's name and the payload: id, flags, length of the name. */
export const SEND_FIXED_BYTES = 10;

export const FrameType = {
  hello: 0x01,
  send: 0x02,
  delivered: 0x03,
  read: 0x04,
  watch: 0x05,
  ping: 0x06,
  bye: 0x07,
  challenge: 0x80,
  welcome: 0x81,
  ack: 0x82,
  nack: 0x83,
  deliver: 0x84,
  receipt: 0x85,
  presence: 0x86,
  error: 0x87,
  pong: 0x88,
} as const;

export const ErrorCode = {
  malformed: 1,
  tooLarge: 2,
  unauthorised: 3,
  expired: 4,
  unexpected: 5,
  badAck: 6,
  rateLimited: 7,
  slowConsumer: 8,
  handshakeTimeout: 9,
  replaced: 10,
  restarting: 11,
  draining: 12,
  overloaded: 13,
  mailboxFull: 14,
  unknownRecipient: 15,
  idle: 16,
  moved: 17,
  staleId: 18,
  deviceRemoved: 19,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** WebSocket close codes are 4000 + ErrorCode. */
export const CLOSE_CODE_BASE = 4000;

export const ReceiptKind = { delivered: 1, read: 2 } as const;
export type ReceiptKind = (typeof ReceiptKind)[keyof typeof ReceiptKind];

/** What WELCOME says besides to a client of version 2. */
export interface Terms {
  /** No id above it was ever accepted from this device: whoever lost count goes on above it. */
  readonly highestId: number;
  /** Largest WebSocket message, a batch of frames, that the client may send. */
  readonly maxMessageBytes: number;
  /** SENDs of the user that may be unanswered at a time. */
  readonly maxUnanswered: number;
  /** Silence of the client after which the connection ends. */
  readonly idleMs: number;
}

export type ClientFrame =
  | {
      readonly type: typeof FrameType.hello;
      readonly version: number;
      readonly token: string;
      readonly proof: Buffer;
      readonly cursor: number;
      /** Highest id that the device has given to a message; version 1 does not say. */
      readonly usedId?: number;
    }
  | {
      readonly type: typeof FrameType.send;
      readonly id: number;
      readonly receipts: boolean;
      readonly to: string;
      readonly payload: Buffer;
    }
  | { readonly type: typeof FrameType.delivered; readonly seq: number }
  | { readonly type: typeof FrameType.read; readonly seq: number }
  | { readonly type: typeof FrameType.watch; readonly user: string }
  | { readonly type: typeof FrameType.ping; readonly nonce: number }
  | { readonly type: typeof FrameType.bye };

export type ServerFrame =
  | { readonly type: typeof FrameType.challenge; readonly challenge: Buffer }
  | {
      readonly type: typeof FrameType.welcome;
      readonly epoch: number;
      readonly cursor: number;
      readonly maxFrameBytes: number;
      readonly window: number;
      readonly node: string;
      /** Not in the answer to a HELLO of version 1. */
      readonly terms?: Terms;
    }
  | { readonly type: typeof FrameType.ack; readonly id: number }
  | { readonly type: typeof FrameType.nack; readonly id: number; readonly code: number; readonly reason: string }
  | {
      readonly type: typeof FrameType.deliver;
      readonly seq: number;
      readonly id: number;
      readonly sentAtMs: number;
      readonly again: boolean;
      readonly from: string;
      readonly payload: Buffer;
    }
  | { readonly type: typeof FrameType.receipt; readonly kind: ReceiptKind; readonly id: number; readonly by: string }
  | { readonly type: typeof FrameType.presence; readonly online: boolean; readonly lastSeenMs: number; readonly user: string }
  | { readonly type: typeof FrameType.error; readonly code: number; readonly reason: string }
  | { readonly type: typeof FrameType.pong; readonly nonce: number };

export type Frame = ClientFrame | ServerFrame;

/** What a server says in a frame of that type. */
type Body<Type> = Omit<Extract<ServerFrame, { readonly type: Type }>, 'type'>;

/** A frame that breaks the protocol. `code` is the reason to close with; `offset` is where in the message it was seen. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  readonly offset: number;
  constructor(code: ErrorCode, message: string, offset: number) {
    super(`${message} (at byte ${offset})`);
    this.code = code;
    this.offset = offset;
  }
}

const NAME = /^[A-Za-z0-9._@:-]{1,64}$/;

/** Whether `name` may be a user's or device's name. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

const TWO_32 = 0x1_0000_0000;
const TERMS_BYTES = 20;

function readU64(bytes: Buffer, at: number): number {
  const high = bytes.readUInt32BE(at);
  if (high > 0x1fffff) throw new ProtocolError(ErrorCode.malformed, 'an id or seq is above 2^53 - 1', at);
  return high * TWO_32 + bytes.readUInt32BE(at + 4);
}

/**
 * Reads the frames of one WebSocket message. `next` returns null at the end and throws ProtocolError for anything the
 * specification does not allow; after a throw the reader is spent.
 */
export class FrameReader {
  readonly #bytes: Buffer;
  readonly #maxBodyBytes: number;
  #at = 0;

  constructor(message: Buffer, maxBodyBytes: number = MAX_BODY_BYTES) {
    this.#bytes = message;
    this.#maxBodyBytes = maxBodyBytes;
  }

  next(): Frame | null {
    const bytes = this.#bytes;
    const start = this.#at;
    if (start === bytes.length) return null;
    if (bytes.length - start < HEADER_BYTES) throw new ProtocolError(ErrorCode.malformed, 'truncated frame header', start);
    const header = bytes.readUInt32BE(start);
    const type = header >>> 24;
    const length = header & 0xffffff;
    if (length > this.#maxBodyBytes) {
      throw new ProtocolError(ErrorCode.tooLarge, `frame of ${length} bytes; the limit is ${this.#maxBodyBytes}`, start);
    }
    const body = start + HEADER_BYTES;
    const end = body + length;
    if (end > bytes.length) {
      throw new ProtocolError(ErrorCode.malformed, `frame announces ${length} bytes, ${bytes.length - body} are left`, start);
    }
    this.#at = end;
    return this.#read(type, body, end);
  }

  #read(type: number, body: number, end: number): Frame {
    const bytes = this.#bytes;
    switch (type) {
      case FrameType.send: {
        need(end - body >= 10, body);
        const flags = bytes[body + 8] as number;
        const to = this.#name(body + 9, end);
        return {
          type,
          id: readU64(bytes, body),
          receipts: (flags & 1) !== 0,
          to,
          payload: bytes.subarray(body + 10 + to.length, end),
        };
      }
      case FrameType.deliver: {
        need(end - body >= 26, body);
        const from = this.#name(body + 25, end);
        return {
          type,
          seq: readU64(bytes, body),
          id: readU64(bytes, body + 8),
          sentAtMs: readU64(bytes, body + 16),
          again: ((bytes[body + 24] as number) & 1) !== 0,
          from,
          payload: bytes.subarray(body + 26 + from.length, end),
        };
      }
      case FrameType.delivered:
      case FrameType.read:
        need(end - body === 8, body);
        return { type, seq: readU64(bytes, body) };
      case FrameType.ack:
        need(end - body === 8, body);
        return { type, id: readU64(bytes, body) };
      case FrameType.receipt: {
        need(end - body >= 10, body);
        const kind = bytes[body] as number;
        if (kind !== ReceiptKind.delivered && kind !== ReceiptKind.read) {
          throw new ProtocolError(ErrorCode.malformed, `receipt of unknown kind ${kind}`, body);
        }
        return { type, kind, id: readU64(bytes, body + 1), by: this.#lastName(body + 9, end) };
      }
      case FrameType.hello: {
        need(end - body >= 3, body);
        const version = bytes[body] as number;
        const tokenEnd = body + 3 + bytes.readUInt16BE(body + 1);
        const after = tokenEnd + PROOF_BYTES + 8;
        // What a later version appends is unknown here; who reads decides whether it speaks that version.
        need(version > NEWEST_VERSION ? end >= after : end === after + (version === NEWEST_VERSION ? 8 : 0), body);
        return {
          type,
          version,
          token: bytes.toString('latin1', body + 3, tokenEnd),
          proof: bytes.subarray(tokenEnd, tokenEnd + PROOF_BYTES),
          cursor: readU64(bytes, tokenEnd + PROOF_BYTES),
          ...(version === NEWEST_VERSION ? { usedId: readU64(bytes, after) } : {}),
        };
      }
      case FrameType.challenge:
        need(end - body === CHALLENGE_BYTES, body);
        return { type, challenge: bytes.subarray(body, end) };
      case FrameType.welcome: {
        need(end - body >= 23, body);
        const node = this.#name(body + 22, end);
        return {
          type,
          epoch: readU64(bytes, body),
          cursor: readU64(bytes, body + 8),
          maxFrameBytes: bytes.readUInt32BE(body + 16),
          window: bytes.readUInt16BE(body + 20),
          node,
          ...this.#terms(body + 23 + node.length, end),
        };
      }
      case FrameType.nack:
        need(end - body >= 11, body);
        return { type, id: readU64(bytes, body), code: bytes.readUInt16BE(body + 8), reason: this.#text(body + 10, end) };
      case FrameType.error:
        need(end - body >= 3, body);
        return { type, code: bytes.readUInt16BE(body), reason: this.#text(body + 2, end) };
      case FrameType.presence:
        need(end - body >= 10, body);
        return { type, online: bytes[body] !== 0, lastSeenMs: readU64(bytes, body + 1), user: this.#lastName(body + 9, end) };
      case FrameType.watch:
        need(end - body >= 1, body);
        return { type, user: this.#lastName(body, end) };
      case FrameType.ping:
      case FrameType.pong:
        need(end - body === 4, body);
        return { type, nonce: bytes.readUInt32BE(body) };
      case FrameType.bye:
        need(end === body, body);
        return { type };
      default:
        throw new ProtocolError(
          ErrorCode.malformed,
          `unknown frame type 0x${type.toString(16).padStart(2, '0')}`,
          body - HEADER_BYTES,
        );
    }
  }

  #name(at: number, end: number): string {
    const length = this.#bytes[at] as number;
    need(at + 1 + length <= end, at);
    const name = this.#bytes.toString('latin1', at + 1, at + 1 + length);
    if (!NAME.test(name)) throw new ProtocolError(ErrorCode.malformed, 'not a valid user or device name', at);
    return name;
  }

  #lastName(at: number, end: number): string {
    const name = this.#name(at, end);
    need(at + 1 + name.length === end, at);
    return name;
  }

  /** What a later version appends is passed over. */
  #terms(at: number, end: number): { readonly terms?: Terms } {
    if (at === end) return {};
    need(end - at >= TERMS_BYTES, at);
    const bytes = this.#bytes;
    const highestId = readU64(bytes, at);
    const maxMessageBytes = bytes.readUInt32BE(at + 8);
    const maxUnanswered = bytes.readUInt32BE(at + 12);
    return { terms: { highestId, maxMessageBytes, maxUnanswered, idleMs: bytes.readUInt32BE(at + 16) } };
  }

  #text(at: number, end: number): string {
    need(at + 1 + (this.#bytes[at] as number) === end, at);
    return this.#bytes.toString('utf8', at + 1, end);
  }
}

function need(condition: boolean, at: number): void {
  if (!condition) throw new ProtocolError(ErrorCode.malformed, 'a field does not fit its frame', at);
}

const FIRST_BUFFER_BYTES = 4096;
/** A writer whose buffer a burst made larger than this gives it back when taken. */
const KEPT_BUFFER_BYTES = 262_144;

/**
 * Collects frames into one message. `take` returns a copy and empties the writer, whose buffer is used again: one writer
 * serves every connection of a thread in turn.
 */
export class FrameWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);
  #at = 0;

  get length(): number {
    return this.#at;
  }

  /**
   * The frames so far, as a copy of its own after `headroom` bytes left to the caller (for the header of the transport); the
   * writer is empty afterwards.
   */
  take(headroom = 0): Buffer {
    const message = Buffer.allocUnsafe(headroom + this.#at);
    this.#bytes.copy(message, headroom, 0, this.#at);
    this.#at = 0;
    if (this.#bytes.length > KEPT_BUFFER_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);
    return message;
  }

  /** `usedId`: the highest id that the device has given to a message, 0 for none or when it lost count; without it, version 1. */
  hello(token: string, proof: Buffer, cursor: number, usedId?: number): this {
    const size = Buffer.byteLength(token, 'latin1');
    if (proof.length !== PROOF_BYTES) throw new RangeError(`a proof has ${PROOF_BYTES} bytes, not ${proof.length}`);
    let at = this.#open(FrameType.hello, 1 + 2 + size + PROOF_BYTES + 8 + (usedId === undefined ? 0 : 8));
    this.#bytes[at] = usedId === undefined ? VERSION : NEWEST_VERSION;
    at = this.#bytes.writeUInt16BE(size, at + 1);
    at += this.#bytes.write(token, at, size, 'latin1');
    at += proof.copy(this.#bytes, at);
    at = this.#u64(cursor, at);
    if (usedId !== undefined) this.#u64(usedId, at);
    return this;
  }

  send(id: number, receipts: boolean, to: string, payload: Buffer): this {
    let at = this.#open(FrameType.send, 10 + to.length + payload.length);
    at = this.#u64(id, at);
    this.#bytes[at] = receipts ? 1 : 0;
    at = this.#name(to, at + 1);
    payload.copy(this.#bytes, at);
    return this;
  }

  delivered(seq: number): this {
    this.#u64(seq, this.#open(FrameType.delivered, 8));
    return this;
  }

  read(seq: number): this {
    this.#u64(seq, this.#open(FrameType.read, 8));
    return this;
  }

  watch(user: string): this {
    this.#name(user, this.#open(FrameType.watch, 1 + user.length));
    return this;
  }

  ping(nonce: number): this {
    this.#bytes.writeUInt32BE(nonce, this.#open(FrameType.ping, 4));
    return this;
  }

  bye(): this {
    this.#open(FrameType.bye, 0);
    return this;
  }

  challenge(challenge: Buffer): this {
    if (challenge.length !== CHALLENGE_BYTES)
      throw new RangeError(`a challenge has ${CHALLENGE_BYTES} bytes, not ${challenge.length}`);
    challenge.copy(this.#bytes, this.#open(FrameType.challenge, CHALLENGE_BYTES));
    return this;
  }

  /** Without `terms`, the answer to a HELLO of version 1. */
  welcome({ epoch, cursor, maxFrameBytes, window, node, terms }: Body<typeof FrameType.welcome>): this {
    let at = this.#open(FrameType.welcome, 23 + node.length + (terms === undefined ? 0 : TERMS_BYTES));
    at = this.#u64(epoch, at);
    at = this.#u64(cursor, at);
    at = this.#bytes.writeUInt32BE(maxFrameBytes, at);
    at = this.#bytes.writeUInt16BE(window, at);
    at = this.#name(node, at);
    if (terms === undefined) return this;
    at = this.#u64(terms.highestId, at);
    at = this.#bytes.writeUInt32BE(terms.maxMessageBytes, at);
    at = this.#bytes.writeUInt32BE(terms.maxUnanswered, at);
    this.#bytes.writeUInt32BE(terms.idleMs, at);
    return this;
  }

  ack(id: number): this {
    this.#u64(id, this.#open(FrameType.ack, 8));
    return this;
  }

  nack(id: number, code: number, reason: string): this {
    const text = shortText(reason);
    let at = this.#open(FrameType.nack, 11 + text.length);
    at = this.#u64(id, at);
    at = this.#bytes.writeUInt16BE(code, at);
    this.#bytes[at] = text.length;
    text.copy(this.#bytes, at + 1);
    return this;
  }

  deliver({ seq, id, sentAtMs, again, from, payload }: Body<typeof FrameType.deliver>): this {
    let at = this.#open(FrameType.deliver, 26 + from.length + payload.length);
    at = this.#u64(seq, at);
    at = this.#u64(id, at);
    at = this.#u64(sentAtMs, at);
    this.#bytes[at] = again ? 1 : 0;
    at = this.#name(from, at + 1);
    payload.copy(this.#bytes, at);
    return this;
  }

  receipt(kind: ReceiptKind, id: number, by: string): this {
    let at = this.#open(FrameType.receipt, 10 + by.length);
    this.#bytes[at] = kind;
    at = this.#u64(id, at + 1);
    this.#name(by, at);
    return this;
  }

  presence(user: string, online: boolean, lastSeenMs: number): this {
    let at = this.#open(FrameType.presence, 10 + user.length);
    this.#bytes[at] = online ? 1 : 0;
    at = this.#u64(lastSeenMs, at + 1);
    this.#name(user, at);
    return this;
  }

  error(code: number, reason: string): this {
    const text = shortText(reason);
    const at = this.#bytes.writeUInt16BE(code, this.#open(FrameType.error, 3 + text.length));
    this.#bytes[at] = text.length;
    text.copy(this.#bytes, at + 1);
    return this;
  }

  pong(nonce: number): this {
    this.#bytes.writeUInt32BE(nonce, this.#open(FrameType.pong, 4));
    return this;
  }

  /** Makes room, writes the header, returns where the body begins. */
  #open(type: number, bodyBytes: number): number {
    if (bodyBytes > MAX_BODY_BYTES) throw new RangeError(`a frame body holds at most ${MAX_BODY_BYTES} bytes, not ${bodyBytes}`);
    const start = this.#at;
    const end = start + HEADER_BYTES + bodyBytes;
    if (end > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, start);
      this.#bytes = grown;
    }
    this.#bytes.writeUInt32BE(type * 0x1000000 + bodyBytes, start);
    this.#at = end;
    return start + HEADER_BYTES;
  }

  #u64(value: number, at: number): number {
    const high = Math.floor(value / TWO_32);
    this.#bytes.writeUInt32BE(high, at);
    return this.#bytes.writeUInt32BE(value - high * TWO_32, at + 4);
  }

  #name(name: string, at: number): number {
    this.#bytes[at] = name.length;
    return at + 1 + this.#bytes.write(name, at + 1, name.length, 'latin1');
  }
}

function shortText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= 255
    ? bytes
    : Buffer.from(
        bytes
          .subarray(0, 252)
          .toString('utf8')
          .replace(/\uFFFD$/u, '...'),
        'utf8',
      ).subarray(0, 255);
}

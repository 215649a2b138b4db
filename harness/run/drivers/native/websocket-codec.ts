/**
 * WebSocket framing (RFC 6455) for a client, over bytes that arrive in any pieces.
 *
 * In: chunks of a read buffer that is reused after the call. Out: whole messages and control frames, delivered synchronously, with payloads
 * that are valid only during the call. A message that is complete in one chunk is not copied.
 */

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Close codes of RFC 6455, section 7.4.1. */
export const CloseCode = { normal: 1000, protocolError: 1002, noStatus: 1005, tooBig: 1009 } as const;

/** The peer broke the framing rules; `code` is what to close with. */
export class WebSocketError extends Error {
  override readonly name = 'WebSocketError';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const MAX_CONTROL_BYTES = 125;
const LONGEST_HEADER_BYTES = 10;
const EMPTY = Buffer.alloc(0);

/** Where a decoder delivers; the connection itself implements it, so that no connection needs a closure. */
export interface WebSocketEvents {
  message(payload: Buffer, binary: boolean): void;
  pingFrame(payload: Buffer): void;
  pongFrame(payload: Buffer): void;
  /** `code` is CloseCode.noStatus if the frame carried none. */
  closeFrame(code: number, reason: string): void;
}

/** A message that has begun but not finished: its fragments so far. Created only if a peer fragments. */
interface Fragments {
  readonly binary: boolean;
  readonly parts: Buffer[];
  bytes: number;
}

export class WebSocketDecoder {
  /** Bytes of an unfinished frame; its buffer is sized for the whole frame once the length is known. */
  #rest: Buffer = EMPTY;
  #restBytes = 0;
  #fragments: Fragments | null = null;

  /**
   * Takes the next `length` bytes of `chunk`. Throws WebSocketError for what a server must not send: masked frames, reserved bits or
   * opcodes, a broken sequence of fragments, control frames that are long or fragmented, messages above `maxMessageBytes`. After a throw
   * the decoder must not be used again.
   */
  push(chunk: Buffer, length: number, maxMessageBytes: number, events: WebSocketEvents): void {
    let at = 0;
    while (at < length || this.#restBytes > 0) {
      if (this.#restBytes === 0) {
        const size = frameBytes(chunk, at, length, maxMessageBytes);
        if (size > 0 && at + size <= length) {
          this.#frame(chunk[at] as number, payloadOf(chunk, at, size), maxMessageBytes, events);
          at += size;
          continue;
        }
        this.#rest = Buffer.allocUnsafeSlow(size > 0 ? size : LONGEST_HEADER_BYTES);
        this.#restBytes = chunk.copy(this.#rest, 0, at, length);
        return;
      }
      at = this.#fillRest(chunk, at, length, maxMessageBytes);
      const size = frameBytes(this.#rest, 0, this.#restBytes, maxMessageBytes);
      if (size === 0 || this.#restBytes < size) {
        if (at >= length) return;
        continue;
      }
      const frame = this.#rest;
      this.#rest = EMPTY;
      this.#restBytes = 0;
      this.#frame(frame[0] as number, payloadOf(frame, 0, size), maxMessageBytes, events);
    }
  }

  /** Moves as much as the unfinished frame needs from `chunk`; returns where the chunk goes on. */
  #fillRest(chunk: Buffer, at: number, length: number, maxMessageBytes: number): number {
    let size = frameBytes(this.#rest, 0, this.#restBytes, maxMessageBytes);
    let from = at;
    // The header byte by byte: it is at most ten bytes, and rarely split.
    while (size === 0 && from < length) {
      this.#rest[this.#restBytes++] = chunk[from++] as number;
      size = frameBytes(this.#rest, 0, this.#restBytes, maxMessageBytes);
    }
    if (size > this.#rest.length) {
      const grown = Buffer.allocUnsafeSlow(size);
      this.#rest.copy(grown, 0, 0, this.#restBytes);
      this.#rest = grown;
    }
    const take = Math.min(size - this.#restBytes, length - from);
    if (take > 0) {
      chunk.copy(this.#rest, this.#restBytes, from, from + take);
      this.#restBytes += take;
      from += take;
    }
    return from;
  }

  /** `first` is the byte with the opcode. */
  #frame(first: number, payload: Buffer, maxMessageBytes: number, events: WebSocketEvents): void {
    const opcode = first & 0x0f;
    const final = (first & 0x80) !== 0;
    switch (opcode) {
      case Opcode.text:
      case Opcode.binary:
        if (this.#fragments !== null) throw new WebSocketError(CloseCode.protocolError, 'a new message inside a fragmented one');
        if (final) events.message(payload, opcode === Opcode.binary);
        else this.#fragments = { binary: opcode === Opcode.binary, parts: [Buffer.from(payload)], bytes: payload.length };
        return;
      case Opcode.continuation:
        this.#continuation(payload, final, maxMessageBytes, events);
        return;
      case Opcode.ping:
        events.pingFrame(payload);
        return;
      case Opcode.pong:
        events.pongFrame(payload);
        return;
      default:
        this.#close(payload, events);
    }
  }

  #continuation(payload: Buffer, final: boolean, maxMessageBytes: number, events: WebSocketEvents): void {
    const fragments = this.#fragments;
    if (fragments === null) throw new WebSocketError(CloseCode.protocolError, 'a continuation without a beginning');
    // Empty fragments are not kept: a flood of them would grow the list without ever reaching the limit.
    if (payload.length > 0) fragments.parts.push(Buffer.from(payload));
    fragments.bytes += payload.length;
    if (fragments.bytes > maxMessageBytes) throw tooBig(fragments.bytes, maxMessageBytes);
    if (!final) return;
    this.#fragments = null;
    events.message(Buffer.concat(fragments.parts, fragments.bytes), fragments.binary);
  }

  #close(payload: Buffer, events: WebSocketEvents): void {
    if (payload.length === 1) throw new WebSocketError(CloseCode.protocolError, 'a close frame of one byte');
    if (payload.length === 0) events.closeFrame(CloseCode.noStatus, '');
    else events.closeFrame(payload.readUInt16BE(0), payload.toString('utf8', 2));
  }
}

function payloadOf(bytes: Buffer, at: number, size: number): Buffer {
  return bytes.subarray(at + headerBytes(bytes[at + 1] as number), at + size);
}

function headerBytes(lengthByte: number): number {
  return lengthByte < 126 ? 2 : lengthByte === 126 ? 4 : LONGEST_HEADER_BYTES;
}

function tooBig(bytes: number, limit: number): WebSocketError {
  return new WebSocketError(CloseCode.tooBig, `a message of ${bytes} bytes or more; the limit is ${limit}`);
}

/** Size of the frame at `at`, header included; 0 when its header is not whole yet. Throws as `push` does. */
function frameBytes(bytes: Buffer, at: number, end: number, maxMessageBytes: number): number {
  if (end - at < 2) return 0;
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  const opcode = first & 0x0f;
  if ((first & 0x70) !== 0) throw new WebSocketError(CloseCode.protocolError, 'a reserved bit is set');
  if ((second & 0x80) !== 0) throw new WebSocketError(CloseCode.protocolError, 'a masked frame from a server');
  if ((opcode > 2 && opcode < 8) || opcode > 10) throw new WebSocketError(CloseCode.protocolError, `unknown opcode ${opcode}`);
  if (opcode >= 8 && ((first & 0x80) === 0 || second > MAX_CONTROL_BYTES)) {
    throw new WebSocketError(CloseCode.protocolError, 'a control frame that is fragmented or too long');
  }
  const header = headerBytes(second);
  if (end - at < header) return 0;
  let length = second;
  if (second === 126) length = bytes.readUInt16BE(at + 2);
  else if (second === 127) length = bytes.readUInt32BE(at + 2) * 0x1_0000_0000 + bytes.readUInt32BE(at + 6);
  if (length > maxMessageBytes) throw tooBig(length, maxMessageBytes);
  return header + length;
}

const MASK_BYTES = 4;

/** Bytes of a client frame's header before a payload of `length` bytes. */
export function clientHeaderBytes(length: number): number {
  return (length < 126 ? 2 : length < 0x1_0000 ? 4 : LONGEST_HEADER_BYTES) + MASK_BYTES;
}

/**
 * Writes the header of a whole (unfragmented) client frame at the start of `into` and returns where the payload goes.
 *
 * RFC 6455 requires every client frame to be masked, against scripts in browsers that would poison caches of proxies. Neither exists here,
 * the payload is ours, and to the server the key zero is a mask like any other: it leaves the payload unchanged, so the generator need not
 * touch every byte that it sends.
 */
export function writeClientHeader(into: Buffer, opcode: Opcode, length: number): number {
  into[0] = 0x80 | opcode;
  let at = 2;
  if (length < 126) {
    into[1] = 0x80 | length;
  } else if (length < 0x1_0000) {
    into[1] = 0x80 | 126;
    at = into.writeUInt16BE(length, at);
  } else {
    into[1] = 0x80 | 127;
    at = into.writeUInt32BE(Math.floor(length / 0x1_0000_0000), at);
    at = into.writeUInt32BE(length % 0x1_0000_0000, at);
  }
  return into.writeUInt32BE(0, at);
}

/** A whole client frame with a copy of `payload`. */
export function clientFrame(opcode: Opcode, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(clientHeaderBytes(payload.length) + payload.length);
  payload.copy(frame, writeClientHeader(frame, opcode, payload.length));
  return frame;
}

/** The payload of a close frame. */
export function closePayload(code: number): Buffer {
  const payload = Buffer.allocUnsafe(2);
  payload.writeUInt16BE(code);
  return payload;
}

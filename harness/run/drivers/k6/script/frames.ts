/** Frames of letitcrash's native protocol, using nothing but DataView: k6 has neither Buffer nor TextEncoder. Names are ASCII. */

/** The frames that this client reads; whatever else a server sends is skipped. */
export type ServerFrame =
  | { readonly type: 'challenge'; readonly challenge: ArrayBuffer }
  | { readonly type: 'welcome'; readonly cursor: number }
  | { readonly type: 'ack'; readonly id: number }
  | { readonly type: 'nack'; readonly id: number; readonly code: number }
  | { readonly type: 'deliver'; readonly seq: number; readonly payload: DataView }
  | { readonly type: 'error'; readonly code: number; readonly reason: string }
  | { readonly type: 'other' };

const HEADER_BYTES = 4;
const TWO_32 = 0x1_0000_0000;
/** `usedId`: the highest id given to a message so far; without it, version 1 of the protocol. */
export function helloFrame(token: string, proof: ArrayBuffer, cursor: number, usedId?: number): ArrayBuffer {
  const frame = opened(0x01, 3 + token.length + proof.byteLength + (usedId === undefined ? 8 : 16));
  frame.view.setUint8(HEADER_BYTES, usedId === undefined ? 1 : 2);
  frame.view.setUint16(HEADER_BYTES + 1, token.length);
  writeText(frame.view, HEADER_BYTES + 3, token);
  const at = HEADER_BYTES + 3 + token.length;
  frame.bytes.set(new Uint8Array(proof), at);
  writeU64(frame.view, at + proof.byteLength, cursor);
  if (usedId !== undefined) writeU64(frame.view, at + proof.byteLength + 8, usedId);
  return frame.buffer;
}

/** `payload` is copied. */
export function sendFrame(id: number, receipts: boolean, to: string, payload: Uint8Array): ArrayBuffer {
  const frame = opened(0x02, 10 + to.length + payload.length);
  writeU64(frame.view, HEADER_BYTES, id);
  frame.view.setUint8(HEADER_BYTES + 8, receipts ? 1 : 0);
  frame.view.setUint8(HEADER_BYTES + 9, to.length);
  writeText(frame.view, HEADER_BYTES + 10, to);
  frame.bytes.set(payload, HEADER_BYTES + 10 + to.length);
  return frame.buffer;
}

export function deliveredFrame(seq: number): ArrayBuffer {
  const frame = opened(0x03, 8);
  writeU64(frame.view, HEADER_BYTES, seq);
  return frame.buffer;
}

export function readFrame(seq: number): ArrayBuffer {
  const frame = opened(0x04, 8);
  writeU64(frame.view, HEADER_BYTES, seq);
  return frame.buffer;
}

export function pingFrame(): ArrayBuffer {
  return opened(0x06, 4).buffer;
}

export function byeFrame(): ArrayBuffer {
  return opened(0x07, 0).buffer;
}

/** The frames of one message, in order. Throws for a message that ends within a frame. */
export function framesOf(message: ArrayBuffer): ServerFrame[] {
  const view = new DataView(message);
  const frames: ServerFrame[] = [];
  for (let at = 0; at < message.byteLength; ) {
    const header = view.getUint32(at);
    const body = at + HEADER_BYTES;
    const end = body + (header & 0xffffff);
    if (end > message.byteLength) throw new Error(`a frame ends ${end - message.byteLength} bytes after its message`);
    frames.push(frameOf(header >>> 24, view, body, end));
    at = end;
  }
  return frames;
}

function frameOf(type: number, view: DataView, body: number, end: number): ServerFrame {
  switch (type) {
    case 0x80:
      return { type: 'challenge', challenge: (view.buffer as ArrayBuffer).slice(body, end) };
    case 0x81:
      return { type: 'welcome', cursor: readU64(view, body + 8) };
    case 0x82:
      return { type: 'ack', id: readU64(view, body) };
    case 0x83:
      return { type: 'nack', id: readU64(view, body), code: view.getUint16(body + 8) };
    case 0x84: {
      const payload = body + 26 + view.getUint8(body + 25);
      return { type: 'deliver', seq: readU64(view, body), payload: new DataView(view.buffer, payload, end - payload) };
    }
    case 0x87:
      return { type: 'error', code: view.getUint16(body), reason: readText(view, body + 3, end) };
    default:
      return { type: 'other' };
  }
}

function opened(type: number, bodyBytes: number): { buffer: ArrayBuffer; bytes: Uint8Array; view: DataView } {
  const buffer = new ArrayBuffer(HEADER_BYTES + bodyBytes);
  const view = new DataView(buffer);
  view.setUint32(0, type * 0x1_00_00_00 + bodyBytes);
  return { buffer, bytes: new Uint8Array(buffer), view };
}

function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / TWO_32));
  view.setUint32(at + 4, value % TWO_32);
}

function readU64(view: DataView, at: number): number {
  return view.getUint32(at) * TWO_32 + view.getUint32(at + 4);
}

function writeText(view: DataView, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) view.setUint8(at + index, text.charCodeAt(index));
}

function readText(view: DataView, at: number, end: number): string {
  let text = '';
  for (let index = at; index < end; index++) text += String.fromCharCode(view.getUint8(index));
  return text;
}

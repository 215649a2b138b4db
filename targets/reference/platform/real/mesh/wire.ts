/**
 * The wire format between two nodes: frames of [4 bytes length of the rest, big endian][1 byte type][body]. First four handshake frames,
 * then signals and ticks.
 */

/** Of these frames and of the signals in them (`runtime/distribution`): nodes of different versions do not connect. */
export const PROTOCOL_VERSION = 1;

/** Dialler to listener: version, who I am, nonce. */
export const HELLO = 1;
/** Listener to dialler: version, who I am, nonce. */
export const CHALLENGE = 2;
/** Dialler, then listener: the proof of knowing the cookie. */
export const PROOF = 3;
/** One signal of the runtime. */
export const SIGNAL = 4;
/** I live: 4 bytes own load, big endian. */
export const TICK = 5;

/** Length and type. */
export const HEADER_BYTES = 5;
/** Frames of a peer that has not proved itself. */
export const MAX_HANDSHAKE_FRAME_BYTES = 512;
/** The runtime's largest signal (16 MiB), and room for the type. */
export const MAX_FRAME_BYTES = 16 * 2 ** 20 + 1024;

export function writeHeader(bytes: Buffer, at: number, type: number, bodyBytes: number): void {
  const length = bodyBytes + 1;
  bytes[at] = length >>> 24;
  bytes[at + 1] = length >>> 16;
  bytes[at + 2] = length >>> 8;
  bytes[at + 3] = length;
  bytes[at + 4] = type;
}

export function frameOf(type: number, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  writeHeader(frame, 0, type, body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
}

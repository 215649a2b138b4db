/**
 * Whether a frame holds its payload as a text from which it cannot be recovered. Pure. Reports only what is certain: an unknown encoding
 * may be right, and a `latin1` text can be decoded by a reader who uses the same encoding.
 */
import type { Frame } from './websocket-protocol.ts';

const REPLACEMENT = '\ufffd';
/** How many bytes of the payload's beginning are searched for: the load's payloads have a checksum there, and noise. */
const HEAD_BYTES = 48;

/** Encodings that lose bytes, and the text that they produce. */
const LOSSY = [
  ['utf8', 'payload.toString(), which writes U+FFFD for bytes that are not valid UTF-8'],
  ['ascii', "payload.toString('ascii'), which keeps 7 bits of each byte"],
] as const;

/** What was lost, as words that follow "the frame holds"; null if nothing is known to be lost. */
export function lossyText(frame: Frame, payload: Buffer): string | null {
  if (typeof frame !== 'string') return textWithin(Buffer.from(frame.buffer, frame.byteOffset, frame.length), payload);
  if (!frame.isWellFormed()) return 'half a surrogate pair, which is written as U+FFFD';
  if (frame.includes(REPLACEMENT)) return 'U+FFFD, which stands for bytes that are not valid UTF-8';
  return textWithin(frame, payload);
}

function textWithin(frame: string | Buffer, payload: Buffer): string | null {
  const head = payload.subarray(0, HEAD_BYTES);
  for (const [encoding, words] of LOSSY) {
    const text = head.toString(encoding);
    // The last character may continue beyond the head.
    const whole = encoding === 'utf8' ? text.slice(0, -3) : text;
    const back = Buffer.from(whole);
    if (head.subarray(0, back.length).equals(back)) continue;
    if (whole.length >= HEAD_BYTES / 4 && (frame.includes(whole) || frame.includes(JSON.stringify(whole).slice(1, -1))))
      return words;
  }
  return null;
}

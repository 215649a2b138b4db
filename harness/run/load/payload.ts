/**
 * What a message of the load carries: who sent it, its id, when it was meant to be sent, and a checksum over all of it, so that
 * a receiver can tell whether what arrived is what was sent, whatever the server says about it.
 *
 *     magic:u32  sender:u32  id:f64  intendedUs:f64  crc:u32  spare:u32  filler     little-endian
 *
 * `crc` is the CRC-32 of the whole payload with the crc field itself as zero. The filler is cut from one block of seeded noise
 * (it does not compress) at a place that depends on sender and id, so that a repeat has the very same bytes.
 */
import { crc32 } from 'node:zlib';
import { hash32, Random } from '../../evidence/stats/random.ts';

export const PAYLOAD_HEADER_BYTES = 32;
const MAGIC = 0x6c696331;
const NOISE_BYTES = 65_536;
const CRC_AT = 24;

export interface PayloadFacts {
  readonly sender: number;
  readonly id: number;
  readonly intendedUs: number;
}

export class PayloadWriter {
  readonly #payload: Buffer;
  readonly #noise: Buffer;
  readonly #seed: number;

  /** Throws RangeError when `bytes` leaves no room for the header. */
  constructor(bytes: number, seed: number) {
    if (bytes < PAYLOAD_HEADER_BYTES) throw new RangeError(`a payload has at least ${PAYLOAD_HEADER_BYTES} bytes, not ${bytes}`);
    this.#payload = Buffer.alloc(bytes);
    this.#seed = seed;
    const fillerBytes = bytes - PAYLOAD_HEADER_BYTES;
    this.#noise = Buffer.alloc(fillerBytes === 0 ? 0 : fillerBytes + NOISE_BYTES);
    const random = new Random(seed, 'payload-noise', 0);
    for (let at = 0; at + 4 <= this.#noise.length; at += 4) this.#noise.writeUInt32LE(random.uint32(), at);
  }

  /** The payload of this message, valid until the next call. */
  write(sender: number, id: number, intendedUs: number): Buffer {
    const payload = this.#payload;
    payload.writeUInt32LE(MAGIC, 0);
    payload.writeUInt32LE(sender, 4);
    payload.writeDoubleLE(id, 8);
    payload.writeDoubleLE(intendedUs, 16);
    payload.writeUInt32LE(0, CRC_AT);
    const fillerBytes = payload.length - PAYLOAD_HEADER_BYTES;
    if (fillerBytes > 0) {
      const from = hash32(this.#seed, sender, id) % NOISE_BYTES;
      this.#noise.copy(payload, PAYLOAD_HEADER_BYTES, from, from + fillerBytes);
    }
    payload.writeUInt32LE(crc32(payload), CRC_AT);
    return payload;
  }
}

/**
 * Whether `payload` is intact and belongs to message `id` of `sender`. The crc field of `payload` is zeroed and restored
 * on the way: the caller must own the bytes.
 */
export function isIntact(payload: Buffer, sender: number, id: number): boolean {
  if (payload.length < PAYLOAD_HEADER_BYTES || payload.readUInt32LE(0) !== MAGIC) return false;
  const crc = payload.readUInt32LE(CRC_AT);
  payload.writeUInt32LE(0, CRC_AT);
  const actual = crc32(payload);
  payload.writeUInt32LE(crc, CRC_AT);
  return actual === crc && payload.readUInt32LE(4) === sender && payload.readDoubleLE(8) === id;
}

/**
 * Which message a payload claims to be, whatever the message with which it came, and whether its checksum matches; null for what is not a
 * payload of a load. The caller must own the bytes, as above.
 */
export function claimOf(payload: Buffer): { readonly sender: number; readonly id: number; readonly whole: boolean } | null {
  if (payload.length < PAYLOAD_HEADER_BYTES || payload.readUInt32LE(0) !== MAGIC) return null;
  const { sender, id } = payloadFacts(payload);
  return { sender, id, whole: isIntact(payload, sender, id) };
}

/** What the header says; meaningful only for an intact payload. */
export function payloadFacts(payload: Buffer): PayloadFacts {
  return { sender: payload.readUInt32LE(4), id: payload.readDoubleLE(8), intendedUs: payload.readDoubleLE(16) };
}

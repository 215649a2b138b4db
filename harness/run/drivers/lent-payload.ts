/**
 * The buffer in which payloads are lent to drivers: a copy, so that a driver that writes into it harms no other attempt; and overwritten as
 * soon as the loan is over, so that what arrives reveals a driver that kept it.
 */

/** What a lent payload is overwritten with: a letter, so that it can be recognised however it travelled. */
const SPOILT = 'K'.charCodeAt(0);
/** This many of them in a row cannot be the beginning of a message. */
const SPOILT_BYTES = 8;
const SPOILT_WORD = SPOILT * 0x01010101;

export class LentPayload {
  #buffer = Buffer.alloc(0);

  /** A copy of it, until `takeBack`. */
  lend(payload: Buffer): Buffer {
    if (this.#buffer.length < payload.length) this.#buffer = Buffer.alloc(payload.length);
    const lent = this.#buffer.length === payload.length ? this.#buffer : this.#buffer.subarray(0, payload.length);
    payload.copy(lent);
    return lent;
  }

  /** Ends the loan; returns whether the copy is unchanged. */
  takeBack(lent: Buffer, payload: Buffer): boolean {
    const isUnaltered = lent.compare(payload) === 0;
    lent.fill(SPOILT);
    return isUnaltered;
  }
}

/** Whether a message arrived with what its payload was overwritten with. */
export function isSpoilt(payload: Buffer): boolean {
  return payload.length >= SPOILT_BYTES && payload.readUInt32LE(0) === SPOILT_WORD && payload.readUInt32LE(4) === SPOILT_WORD;
}

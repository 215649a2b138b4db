const FIRST_CAPACITY = 4;
/** A buffer grown beyond this is let go as soon as it is empty: a burst must not cost memory for ever. */
const KEPT_CAPACITY = 64;

/** Returned where there is no message; `undefined` is a message like any other. */
export const NO_MESSAGE: unique symbol = Symbol('no message');

/** Messages in order of arrival, in a ring buffer that grows by doubling. Nothing is allocated per message. */
export class MessageQueue {
  length = 0;
  #head = 0;
  #ring: unknown[] = new Array(FIRST_CAPACITY);

  get capacity(): number {
    return this.#ring.length;
  }

  push(message: unknown): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.length) & (this.#ring.length - 1)] = message;
    this.length++;
  }

  /** Take the oldest message, or NO_MESSAGE. */
  shift(): unknown {
    if (this.length === 0) return NO_MESSAGE;
    const ring = this.#ring;
    const head = this.#head;
    const message = ring[head];
    ring[head] = undefined;
    this.#head = (head + 1) & (ring.length - 1);
    if (--this.length === 0 && ring.length > KEPT_CAPACITY) this.#release();
    return message;
  }

  /** The message at `index`, 0 being the oldest. The index must be below `length`. */
  at(index: number): unknown {
    return this.#ring[(this.#head + index) & (this.#ring.length - 1)];
  }

  /** Take the message at `index` out of the middle; moves the shorter side, so never more work than the scan that found it. */
  take(index: number): unknown {
    const ring = this.#ring;
    const mask = ring.length - 1;
    const head = this.#head;
    const message = ring[(head + index) & mask];
    if (index < this.length >> 1) {
      for (let i = index; i > 0; i--) ring[(head + i) & mask] = ring[(head + i - 1) & mask];
      ring[head] = undefined;
      this.#head = (head + 1) & mask;
    } else {
      for (let i = index; i < this.length - 1; i++) ring[(head + i) & mask] = ring[(head + i + 1) & mask];
      ring[(head + this.length - 1) & mask] = undefined;
    }
    if (--this.length === 0 && ring.length > KEPT_CAPACITY) this.#release();
    return message;
  }

  #grow(): void {
    const old = this.#ring;
    const ring = new Array<unknown>(old.length * 2);
    for (let i = 0; i < this.length; i++) ring[i] = old[(this.#head + i) & (old.length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }

  #release(): void {
    this.#ring = new Array(FIRST_CAPACITY);
    this.#head = 0;
  }
}

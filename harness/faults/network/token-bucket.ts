/**
 * A token bucket: what a path of limited bandwidth lets through. It begins empty and holds ten milliseconds' worth, so that
 * nothing is ever sent much faster than the rate, not even after a pause.
 */
const BURST_MS = 10;
/** Below this a bucket would cut packets to shreds. */
const MIN_BURST_BYTES = 1_500;

export class TokenBucket {
  readonly bytesPerSecond: number;
  readonly #burstBytes: number;
  #tokens = 0;
  #asOfMs: number;

  /** `nowMs` is any monotonic clock, the same at each call. */
  constructor(bytesPerSecond: number, nowMs: number) {
    this.bytesPerSecond = bytesPerSecond;
    this.#burstBytes = Math.max(MIN_BURST_BYTES, (bytesPerSecond * BURST_MS) / 1000);
    this.#asOfMs = nowMs;
  }

  /** Whole bytes that may go now. */
  available(nowMs: number): number {
    this.#tokens = Math.min(this.#burstBytes, this.#tokens + ((nowMs - this.#asOfMs) * this.bytesPerSecond) / 1000);
    this.#asOfMs = nowMs;
    return Math.floor(this.#tokens);
  }

  take(bytes: number): void {
    this.#tokens -= bytes;
  }

  /** How long until `bytes`, or as many as the bucket ever holds, may go. */
  waitMs(bytes: number, nowMs: number): number {
    const missing = Math.min(bytes, this.#burstBytes) - this.available(nowMs);
    return missing <= 0 ? 0 : (missing * 1000) / this.bytesPerSecond;
  }
}

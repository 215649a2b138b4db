/**
 * A token bucket: what a path of limited bandwidth lets through. It begins empty and holds ten milliseconds' worth, so that nothing is ever
 * sent much faster than the rate, not even after a pause. While a sender waits for tokens it holds a second's worth, because a timer that a
 * busy machine runs late must not make the path narrower than intended.
 */
const BURST_MS = 10;
const LATE_MS = 1_000;
/** Below this a bucket would cut packets to shreds. */
const MIN_BURST_BYTES = 1_500;

export class TokenBucket {
  readonly bytesPerSecond: number;
  readonly #burstBytes: number;
  #tokens = 0;
  #asOfMs: number;
  /** A sender was told to wait. */
  #awaited = false;

  /** `nowMs` is any monotonic clock, the same at each call. */
  constructor(bytesPerSecond: number, nowMs: number) {
    this.bytesPerSecond = bytesPerSecond;
    this.#burstBytes = Math.max(MIN_BURST_BYTES, (bytesPerSecond * BURST_MS) / 1000);
    this.#asOfMs = nowMs;
  }

  /** Whole bytes that may go now. */
  available(nowMs: number): number {
    const most = this.#awaited ? Math.max(this.#burstBytes, (this.bytesPerSecond * LATE_MS) / 1000) : this.#burstBytes;
    this.#tokens = Math.min(most, this.#tokens + ((nowMs - this.#asOfMs) * this.bytesPerSecond) / 1000);
    this.#asOfMs = nowMs;
    return Math.floor(this.#tokens);
  }

  take(bytes: number): void {
    this.#tokens -= bytes;
    this.#awaited = false;
  }

  /** How long until `bytes`, or as many as the bucket ever holds, may go. */
  waitMs(bytes: number, nowMs: number): number {
    const missing = Math.min(bytes, this.#burstBytes) - this.available(nowMs);
    this.#awaited = missing > 0;
    return missing <= 0 ? 0 : (missing * 1000) / this.bytesPerSecond;
  }
}

/**
 * Token buckets by user or device, so that nobody gets a new one by connecting again. A bucket that is full again is forgotten, because it
 * equals a new one: only those used within the last `burst / perSecond` seconds exist. Pure.
 */
import { TokenBucket } from './token-bucket.ts';

const SWEEP_EVERY_MS = 1_000;

export class KeyedBuckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, TokenBucket>();
  #sweptMs = 0;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token; false if none is left. */
  take(key: string, nowMs: number): boolean {
    return this.#of(key, nowMs).take(this.#perSecond, this.#burst, nowMs);
  }

  /** Reduces the tokens to this number: they were used elsewhere in the meantime, and refilled there. */
  cap(key: string, tokens: number, nowMs: number): void {
    if (tokens >= this.#burst) return;
    const bucket = this.#of(key, nowMs);
    bucket.level(this.#perSecond, this.#burst, nowMs);
    bucket.cap(tokens);
  }

  /** Whole tokens that there are. */
  level(key: string, nowMs: number): number {
    const level = this.#buckets.get(key)?.level(this.#perSecond, this.#burst, nowMs);
    return level === undefined ? this.#burst : Math.floor(level);
  }

  #of(key: string, nowMs: number): TokenBucket {
    if (nowMs - this.#sweptMs >= SWEEP_EVERY_MS) this.#sweep(nowMs);
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(this.#burst, nowMs);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #sweep(nowMs: number): void {
    this.#sweptMs = nowMs;
    for (const [key, bucket] of this.#buckets)
      if (bucket.level(this.#perSecond, this.#burst, nowMs) >= this.#burst) this.#buckets.delete(key);
  }
}

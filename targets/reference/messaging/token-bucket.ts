/** A token bucket: `perSecond` tokens a second, at most `burst` at once. Pure; the time is the caller's. */
export class TokenBucket {
  #tokens: number;
  #atMs: number;

  constructor(burst: number, nowMs: number) {
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Takes one token; false if none is left. */
  take(perSecond: number, burst: number, nowMs: number): boolean {
    if (this.level(perSecond, burst, nowMs) < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Reduces the tokens to this number if there are more. */
  cap(tokens: number): void {
    this.#tokens = Math.min(this.#tokens, tokens);
  }

  /** Tokens that there are now; as many as `burst` in one that nobody took from lately. */
  level(perSecond: number, burst: number, nowMs: number): number {
    const elapsedMs = nowMs - this.#atMs;
    if (elapsedMs > 0) {
      this.#tokens = Math.min(burst, this.#tokens + (elapsedMs * perSecond) / 1000);
      this.#atMs = nowMs;
    }
    return this.#tokens;
  }
}

/** Entries before the first look for those that nobody holds any more. */
const FIRST_SWEEP = 1024;

/** Values that live as long as somebody else holds them, by number. */
export class WeakTable<T extends object> {
  readonly #entries = new Map<number, WeakRef<T>>();
  #sweepAt = FIRST_SWEEP;

  get(key: number): T | undefined {
    return this.#entries.get(key)?.deref();
  }

  set(key: number, value: T): void {
    if (this.#entries.size >= this.#sweepAt) this.#sweep();
    this.#entries.set(key, new WeakRef(value));
  }

  /** Every doubling at most, so that an entry pays for a constant part of it. */
  #sweep(): void {
    for (const [key, entry] of this.#entries) if (entry.deref() === undefined) this.#entries.delete(key);
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#entries.size * 2);
  }
}

/**
 * The outer world as the deterministic rooms see it: time, timers, turns of the event loop, chance, and a watchdog for
 * code that does not return. `real/` is this machine; a simulation implements the same interface with virtual time.
 */

export interface Clock {
  /** Milliseconds since an arbitrary origin; never goes back; fractions allowed. */
  monotonicMs(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z; may jump. */
  wallMs(): number;
}

/** Handle of a pending timer; opaque. */
export type TimerHandle = unknown;

export interface Timers {
  /** Call `fire` once, not before `delayMs` milliseconds from now. */
  set(delayMs: number, fire: () => void): TimerHandle;
  clear(handle: TimerHandle): void;
}

export interface Turns {
  /** Call `run` in a later turn of the event loop, after pending I/O had its chance. */
  defer(run: () => void): void;
}

export interface Randomness {
  /** Uniform in [0, 1). */
  next(): number;
}

export interface Watchdog {
  /**
   * Run `slice` and interrupt it when it has not returned within `limitMs` milliseconds.
   * Returns false when it was interrupted. What `slice` throws itself goes through.
   */
  run(slice: () => void, limitMs: number): boolean;
}

export interface Platform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly turns: Turns;
  readonly randomness: Randomness;
  /** Null where nothing can run away, or where nobody can stop it. */
  readonly watchdog: Watchdog | null;
}

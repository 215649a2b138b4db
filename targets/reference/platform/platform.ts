/**
 * The outer world as the deterministic rooms see it: time, timers, turns of the event loop, and chance. `real/` is this
 * machine; a simulation implements the same interface with virtual time. Other nodes come in through the runtime's Bus
 * (`../runtime/bus.ts`), which `real/mesh` carries over TCP.
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
  /**
   * Call `run` once in a later turn of the event loop, after pending I/O had its chance. Where turns are guarded and `run`
   * does not return within the limit, it is interrupted wherever it is (nothing of it runs any more, not even `finally`)
   * and `interrupted` is called instead, in a turn of its own. With null the turn is not guarded.
   */
  defer(run: () => void, interrupted: (() => void) | null): void;
}

export interface Randomness {
  /** Uniform in [0, 1). */
  next(): number;
}

export interface Platform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly turns: Turns;
  readonly randomness: Randomness;
}

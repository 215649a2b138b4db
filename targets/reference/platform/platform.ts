/**
 * The outside world as the deterministic rooms see it: time, timers, turns of the event loop, and randomness. `real/` is this
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
   * does not return within the limit, it is interrupted where it is exposed (nothing of it runs any more, not even `finally`)
   * and `interrupted` is called instead, in a turn of its own. With null the turn is not guarded. `run` begins sheltered.
   */
  defer(run: () => void, interrupted: (() => void) | null): void;
  /** A handler begins: its time counts from here, and from here it may be interrupted. */
  begin(): void;
  /**
   * Work begins that must not be done by half: no interruption before `expose` or `begin`. One that was decided on comes here instead.
   * Returns whether the turn was exposed: only then is it to be exposed again afterwards.
   */
  shelter(): boolean;
  expose(): void;
}

/** Of turns that nobody interrupts. */
/** What of it those need who do something whole. */
export type Shelter = Pick<Turns, 'shelter' | 'expose'>;

export const unguarded: Omit<Turns, 'defer'> = { begin: () => undefined, shelter: () => false, expose: () => undefined };

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

/**
 * How a run ends early on request. The first request keeps what was measured: sending stops, every fault is undone, the drain is short. Until
 * the memory was read for the first time (or, in a run that reads none, until the load) there is nothing to keep. Then, and at a second
 * request, the run ends at once, and undoes what it did.
 */

import { RunError } from '../../contracts/run-error.ts';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import { formatMs } from '../../evidence/result/format.ts';
import type { Interrupted } from '../../evidence/result/result.ts';

export const BEFORE_THE_LOAD =
  'interrupted before the load began: nothing had been measured yet, so that there is nothing to keep';

/** In which a run has something to keep: before the load, when the memory was read while users connected. */
type KeptPhase = 'connect' | Interrupted['phase'];

export interface EarlyEndOptions {
  /** Ends the run at once. */
  readonly signal: AbortSignal;
  /** Ends it early; the reason names who or what asked, such as SIGINT. */
  readonly interrupt?: AbortSignal;
  /** How long the load is to last. */
  readonly plannedMs: number;
}

export class EarlyEnd {
  readonly #now = new AbortController();
  readonly #early = new AbortController();
  readonly #interrupt: AbortSignal | undefined;
  readonly #listener = (): void => this.#heard();
  #phase: KeptPhase | 'before' | 'over' = 'before';
  #zeroUs = 0;
  readonly #plannedMs: number;
  #happened: Interrupted | null = null;
  readonly #tell: (message: string) => void;
  /** Aborted when the run is to end at once. */
  readonly now: AbortSignal;

  /** `tell` is called once if the run ends early. */
  constructor({ signal, interrupt, plannedMs }: EarlyEndOptions, tell: (message: string) => void) {
    this.#tell = tell;
    this.#plannedMs = plannedMs;
    this.#interrupt = interrupt;
    this.now = AbortSignal.any([signal, this.#now.signal]);
    if (interrupt?.aborted === true) this.#heard();
    else interrupt?.addEventListener('abort', this.#listener, { once: true });
  }

  /** Aborted when the run should end early and keep what it has. */
  get early(): AbortSignal {
    return this.#early.signal;
  }

  /** What happened, for the Result; null if nobody interrupted it while there was something to keep. */
  get happened(): Interrupted | null {
    return this.#happened;
  }

  /** From the beginning of the load until everything is measured. */
  get isMeasuring(): boolean {
    return this.#phase !== 'before' && this.#phase !== 'connect' && this.#phase !== 'over';
  }

  /** The load begins, or began, at `zeroUs`. */
  load(zeroUs: number): void {
    this.#zeroUs = zeroUs;
    this.enter('load');
  }

  enter(phase: KeptPhase): void {
    this.#phase = phase;
  }

  /** Everything is measured: a later request gets the whole result. */
  over(): void {
    this.#phase = 'over';
    this.#interrupt?.removeEventListener('abort', this.#listener);
  }

  #heard(): void {
    if (this.#phase === 'over') return;
    if (this.#phase === 'before') {
      this.#now.abort(new RunError('interrupted', BEFORE_THE_LOAD));
      return;
    }
    const playedMs = Math.min(this.#plannedMs, Math.max(0, (monotonicUs() - this.#zeroUs) / 1000));
    const atMs = { connect: 0, load: playedMs, drain: this.#plannedMs, memory: this.#plannedMs }[this.#phase];
    const phase = this.#phase === 'connect' ? 'load' : this.#phase;
    this.#happened = { by: String(this.#interrupt?.reason), phase, atMs, plannedMs: this.#plannedMs };
    this.#tell(
      `interrupted by ${this.#happened.by}: what was measured so far is kept; a second interruption ends the run at once`,
    );
    this.#early.abort();
  }
}

/** For people: `interrupted by SIGINT after 3.20 s of 60.0 s of load`. */
export function interruptedText({ by, phase, atMs, plannedMs }: Interrupted): string {
  switch (phase) {
    case 'load':
      if (atMs === 0)
        return `interrupted by ${by} before any of the ${formatMs(plannedMs)} of load was played, so nothing is proven`;
      return `interrupted by ${by} after ${formatMs(atMs)} of ${formatMs(plannedMs)} of load: the rest was not played, so nothing is proven`;
    case 'drain':
      return `interrupted by ${by} in the drain, after all ${formatMs(plannedMs)} of load: the run did not wait for what was still in flight`;
    case 'memory':
      return `interrupted by ${by} after load and drain, while the empty server was being read: the remaining readings are missing`;
  }
}

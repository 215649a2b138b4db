import { performance } from 'node:perf_hooks';
import type { Platform } from '../platform.ts';
import { guardedTurns, plainTurns } from './guarded-turns.ts';

export interface RealPlatformOptions {
  /**
   * A turn that has not returned after this many milliseconds is interrupted; null: never. Default 80: a user behind a runaway
   * waits less than 150 ms, and no honest handler comes near. Costs one thread of about 5 MB, and nothing per turn.
   */
  readonly runawayMs?: number | null;
  /**
   * The node ends when uninterruptible work took this many milliseconds of processor time: it has no end, and nobody would be
   * served any more. Default 10,000.
   */
  readonly endlessMs?: number;
}

/** This machine: CLOCK_MONOTONIC, the event loop's timers and turns, and the engine's own random numbers. */
export function createRealPlatform(options: RealPlatformOptions = {}): Platform {
  const { runawayMs = 80, endlessMs = 10_000 } = options;
  return {
    clock: { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
    timers: {
      set: (delayMs, fire) => setTimeout(fire, delayMs),
      clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
    turns: runawayMs === null ? plainTurns : guardedTurns(runawayMs, endlessMs),
    randomness: { next: () => Math.random() },
  };
}

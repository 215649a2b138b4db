import { performance } from 'node:perf_hooks';
import type { Platform } from '../platform.ts';

/** This machine: CLOCK_MONOTONIC, the event loop's timers and turns, and the engine's own random numbers. */
export function createRealPlatform(): Platform {
  return {
    clock: { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
    timers: {
      set: (delayMs, fire) => setTimeout(fire, delayMs),
      clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
    turns: { defer: (run) => void setImmediate(run) },
    randomness: { next: () => Math.random() },
    watchdog: null,
  };
}

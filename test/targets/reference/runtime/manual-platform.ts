import { type Platform, unguarded } from '../../../../targets/reference/platform/platform.ts';

/** A platform whose time and turns the test moves by hand: nothing happens by itself, and the same calls give the same run. */
export interface ManualPlatform extends Platform {
  /** Run turns until there are none left; time stands still. */
  settle(): void;
  /** Let the clock move on in the middle of a handler, as work does; no timer fires. */
  pass(ms: number): void;
  /** Settle, then let time pass: timers fire in order, each followed by the turns it causes. */
  advance(ms: number): void;
}

export function createManualPlatform(startMs = 1000): ManualPlatform {
  let nowMs = startMs;
  let turns: (() => void)[] = [];
  let timers: { readonly dueMs: number; readonly fire: () => void }[] = [];
  let seed = 12345;
  const settle = (): void => {
    for (let limit = 1_000_000; turns.length > 0; limit--) {
      if (limit === 0) throw new Error('a million turns and no end');
      const batch = turns;
      turns = [];
      for (const turn of batch) turn();
    }
  };
  return {
    clock: { monotonicMs: () => nowMs, wallMs: () => 1_800_000_000_000 + nowMs },
    timers: {
      set(delayMs, fire) {
        const timer = { dueMs: nowMs + delayMs, fire };
        timers.push(timer);
        return timer;
      },
      clear(handle) {
        timers = timers.filter((timer) => timer !== handle);
      },
    },
    turns: { ...unguarded, defer: (run) => void turns.push(run) },
    randomness: {
      next() {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return seed / 2147483648;
      },
    },
    settle,
    pass(ms) {
      nowMs += ms;
    },
    advance(ms) {
      const until = nowMs + ms;
      settle();
      while (true) {
        const next = timers.reduce((first, timer) => Math.min(first, timer.dueMs), Number.POSITIVE_INFINITY);
        if (next > until) break;
        nowMs = Math.max(nowMs, next);
        const due = timers.filter((timer) => timer.dueMs <= nowMs);
        timers = timers.filter((timer) => timer.dueMs > nowMs);
        for (const timer of due) timer.fire();
        settle();
      }
      nowMs = until;
      settle();
    },
  };
}

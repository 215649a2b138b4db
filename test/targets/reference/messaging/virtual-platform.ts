/** A platform without a world: time moves when told to, turns run when told to. */
import { type Platform, unguarded } from '../../../../targets/reference/platform/platform.ts';

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

const ORIGIN_MS = 1_700_000_000_000;
const MAX_TURNS = 10_000;
const MAX_LOOKS = 10_000;

export class VirtualPlatform implements Platform {
  nowMs = 0;
  /** Looks at the clock since the last turn: a slice that never ends would go on looking. */
  #looks = 0;
  readonly #turns: (() => void)[] = [];
  #alarms: Alarm[] = [];
  #order = 0;
  readonly clock = {
    monotonicMs: (): number => {
      if (++this.#looks > MAX_LOOKS) throw new Error('the processes never come to rest');
      return this.nowMs;
    },
    wallMs: () => ORIGIN_MS + this.nowMs,
  };
  readonly timers = {
    set: (delayMs: number, fire: () => void): Alarm => {
      const alarm = { atMs: this.nowMs + delayMs, order: this.#order++, fire };
      this.#alarms.push(alarm);
      return alarm;
    },
    clear: (handle: unknown): void => {
      this.#alarms = this.#alarms.filter((alarm) => alarm !== handle);
    },
  };
  readonly turns = { ...unguarded, defer: (run: () => void): void => void this.#turns.push(run) };
  readonly randomness = { next: () => 0.5 };

  /** Runs turns until nothing is left to do at this moment. */
  settle(): void {
    for (let count = 0; this.#turns.length > 0; count++) {
      if (count > MAX_TURNS) throw new Error('the processes never come to rest');
      this.#looks = 0;
      this.#turns.shift()?.();
    }
  }

  /** Lets time pass, and everything that is due happen in order. */
  advance(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      this.settle();
      const due = this.#alarms.filter(({ atMs }) => atMs <= until).sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      if (due === undefined) break;
      this.nowMs = Math.max(this.nowMs, due.atMs);
      this.#alarms = this.#alarms.filter((alarm) => alarm !== due);
      due.fire();
    }
    this.nowMs = until;
  }
}

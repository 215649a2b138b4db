import type { Platform, TimerHandle } from '../platform/platform.ts';
import { Timer, TimerWheel } from './timer-wheel.ts';

/** All timers of a node on one wheel, driven by one timer of the platform, which is set only for the earliest of them. */
export class Timers {
  readonly #platform: Platform;
  readonly #wheel: TimerWheel;
  #handle: TimerHandle | null = null;
  #armedFor = Infinity;
  readonly #wake = (): void => {
    this.#handle = null;
    this.#armedFor = Infinity;
    this.#wheel.advance(this.#platform.clock.monotonicMs());
    this.#arm();
  };

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#wheel = new TimerWheel(platform.clock.monotonicMs());
  }

  get pending(): number {
    return this.#wheel.size;
  }

  /** Calls `fire(timer)` not before `delayMs` milliseconds from now. */
  start(delayMs: number, target: unknown, message: unknown, fire: (timer: Timer) => void): Timer {
    const now = this.#platform.clock.monotonicMs();
    const timer = new Timer(Math.ceil(now + Math.max(0, delayMs)), target, message, fire);
    if (this.#wheel.size === 0) this.#wheel.advance(now);
    this.#wheel.start(timer);
    if (timer.due < this.#armedFor) this.#arm();
    return timer;
  }

  /** Milliseconds it had left, or null when it had fired or had been cancelled. */
  cancel(timer: Timer): number | null {
    if (!this.#wheel.cancel(timer)) return null;
    return Math.max(0, timer.due - this.#platform.clock.monotonicMs());
  }

  stop(): void {
    this.#disarm();
  }

  #arm(): void {
    const wake = this.#wheel.nextWake();
    if (wake === this.#armedFor) return;
    this.#disarm();
    if (wake === Infinity) return;
    this.#armedFor = wake;
    this.#handle = this.#platform.timers.set(Math.max(1, wake - this.#platform.clock.monotonicMs()), this.#wake);
  }

  #disarm(): void {
    if (this.#handle !== null) this.#platform.timers.clear(this.#handle);
    this.#handle = null;
    this.#armedFor = Infinity;
  }
}

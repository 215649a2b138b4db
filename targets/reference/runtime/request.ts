import type { ExitReason } from './exit-reason.ts';
import type { Kernel } from './kernel.ts';
import { Monitor } from './monitor.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';
import type { Reference } from './reference.ts';
import type { Timer } from './timer-wheel.ts';

/** Names a request: the caller waits for it, the server answers to it. */
export type RequestReference = Reference & { readonly caller: Pid | null };

/** How a request from the outer world ended. */
export type OutsideOutcome =
  | { readonly type: 'reply'; readonly result: unknown }
  | { readonly type: 'call-timeout' }
  | { readonly type: 'call-down'; readonly reason: ExitReason };

/**
 * A call in flight: a monitor on the server, a timer, and an alias through which alone the reply can arrive. The first of
 * the three to happen switches the others off, so that a late reply never reaches the message queue.
 */
export class Request extends Monitor {
  timer: Timer | null = null;
  readonly kernel: Kernel;
  /** For a caller in the outer world. */
  readonly outside: ((outcome: OutsideOutcome) => void) | null;

  constructor(kernel: Kernel, caller: Process | null, outside: ((outcome: OutsideOutcome) => void) | null) {
    super(caller);
    this.kernel = kernel;
    this.outside = outside;
  }

  get caller(): Pid | null {
    return this.watcher;
  }

  override down(reason: ExitReason): void {
    this.#stopTimer();
    if (this.watcher !== null) this.kernel.deliver(this.watcher, { type: 'call-down', ref: this, reason });
    else this.#tellOutside({ type: 'call-down', reason });
  }

  /** Returns false when nobody waits any more. */
  reply(result: unknown): boolean {
    if (!this.active || (this.watcher !== null && !this.watcher.alive)) return false;
    this.kernel.signals.demonitor(this);
    this.#stopTimer();
    if (this.watcher !== null) this.kernel.deliver(this.watcher, { type: 'reply', ref: this, result });
    else this.#tellOutside({ type: 'reply', result });
    return true;
  }

  expire(): void {
    if (!this.active) return;
    this.kernel.signals.demonitor(this);
    if (this.watcher !== null) this.kernel.deliver(this.watcher, { type: 'call-timeout', ref: this });
    else this.#tellOutside({ type: 'call-timeout' });
  }

  /** Returns false when it was over already. */
  abandon(): boolean {
    this.#stopTimer();
    return this.kernel.signals.demonitor(this);
  }

  #tellOutside(outcome: OutsideOutcome): void {
    this.kernel.outside.add(() => this.outside?.(outcome));
  }

  #stopTimer(): void {
    if (this.timer !== null) this.kernel.timers.cancel(this.timer);
  }
}

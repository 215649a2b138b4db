/**
 * A seam for drills between the store and its callers: answers come as late as if the disk had taken that much longer, in the order
 * in which they were given. Without a drill it costs one comparison for each answer.
 */
import type { Pid } from '../runtime/index.ts';

type Send = (to: Pid, message: unknown) => void;

interface Held {
  readonly to: Pid;
  readonly message: unknown;
  readonly dueMs: number;
}

export class SlowDisk {
  /** What the disk takes longer; milliseconds, 0 for as long as it takes. Answers that are held are let go as it was when they came. */
  delayMs = 0;
  readonly #send: Send;
  readonly #held: Held[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(send: Send) {
    this.#send = send;
  }

  /** What the store is given to answer with. */
  readonly send: Send = (to, message) => {
    if (this.delayMs === 0 && this.#held.length === 0) {
      this.#send(to, message);
      return;
    }
    // Never before what was held earlier: a disk that recovers does not overtake itself.
    const dueMs = Math.max(performance.now() + this.delayMs, this.#held.at(-1)?.dueMs ?? 0);
    this.#held.push({ to, message, dueMs });
    this.#timer ??= this.#wait();
  };

  #wait(): NodeJS.Timeout {
    const first = this.#held[0] as Held;
    return setTimeout(() => this.#letGo(), Math.max(0, first.dueMs - performance.now()));
  }

  #letGo(): void {
    const now = performance.now();
    const still = this.#held.findIndex(({ dueMs }) => dueMs > now);
    const due = this.#held.splice(0, still === -1 ? this.#held.length : still);
    for (const { to, message } of due) this.#send(to, message);
    this.#timer = this.#held.length === 0 ? null : this.#wait();
  }
}

/**
 * Runs actions at exact times: Node's timers are a millisecond coarse and late, so the last stretch before an action is spent
 * polling. Actions that are due together run in the order in which they were added.
 */

/** Polling begins so long before an action is due: what a timer is late by, most of the time. */
const POLL_US = 1_000;

interface Waiting {
  readonly dueUs: number;
  readonly order: number;
  readonly action: () => void;
}

/** Microseconds of the monotonic clock. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

export class DelayLine {
  /** A binary heap: the next one first. */
  readonly #heap: Waiting[] = [];
  #order = 0;
  #armedUs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** Runs `action` at `dueUs`, never before it, and not within this call. */
  at(dueUs: number, action: () => void): void {
    this.#order += 1;
    this.#push({ dueUs, order: this.#order, action });
    this.#arm();
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined || next.dueUs >= this.#armedUs) return;
    this.#armedUs = next.dueUs;
    clearTimeout(this.#timer);
    const wait = next.dueUs - nowUs();
    if (wait > POLL_US) this.#timer = setTimeout(this.#poll, Math.floor((wait - POLL_US) / 1000));
    else setImmediate(this.#poll);
  }

  readonly #poll = (): void => {
    this.#armedUs = Number.POSITIVE_INFINITY;
    for (let next = this.#heap[0]; next !== undefined && next.dueUs <= nowUs(); next = this.#heap[0]) {
      this.#pop();
      next.action();
    }
    this.#arm();
  };

  #push(entry: Waiting): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(entry, heap[parent] as Waiting)) break;
      heap[at] = heap[parent] as Waiting;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Waiting;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Waiting, heap[child] as Waiting)) child += 1;
      if (!before(heap[child] as Waiting, last)) break;
      heap[at] = heap[child] as Waiting;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: Waiting, b: Waiting): boolean {
  return a.dueUs < b.dueUs || (a.dueUs === b.dueUs && a.order < b.order);
}

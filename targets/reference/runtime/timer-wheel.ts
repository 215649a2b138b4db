import { Reference } from './reference.ts';

const SLOT_BITS = 6;
const SLOTS = 1 << SLOT_BITS;
const SLOT_MASK = SLOTS - 1;
/** Six levels of 64 slots at a tick of one millisecond reach 2.1 years; what lies beyond is put in the last slot again and again. */
const LEVELS = 6;
const HORIZON = (SLOTS - 1) * SLOTS ** (LEVELS - 1);

/** Names a timer, for `cancelTimer`. */
export type TimerReference = Reference;

/** A pending timer. Linked into its slot, so that cancelling costs the same however many there are. */
export class Timer extends Reference {
  /** Tick at which it fires. */
  due: number;
  readonly target: unknown;
  readonly message: unknown;
  readonly fire: (timer: Timer) => void;
  previous: Timer | null = null;
  next: Timer | null = null;
  /** Index of the slot it hangs in; -1 when it is not pending. */
  slot = -1;

  constructor(due: number, target: unknown, message: unknown, fire: (timer: Timer) => void) {
    super();
    this.due = due;
    this.target = target;
    this.message = message;
    this.fire = fire;
  }
}

/**
 * Hierarchical timing wheel (Varghese and Lauck, 1987), tick of one millisecond: starting and cancelling are O(1), and one
 * timer of the platform serves all. Timers due at the same tick fire in the order in which they were started.
 */
export class TimerWheel {
  /** The tick up to which everything has fired. */
  #now: number;
  #heads: (Timer | null)[] = new Array(LEVELS * SLOTS).fill(null);
  #tails: (Timer | null)[] = new Array(LEVELS * SLOTS).fill(null);
  #count = 0;

  constructor(nowMs: number) {
    this.#now = Math.floor(nowMs);
  }

  get size(): number {
    return this.#count;
  }

  start(timer: Timer): void {
    if (timer.due <= this.#now) timer.due = this.#now + 1;
    this.#place(timer);
    this.#count++;
  }

  /** Returns false when it was not pending (fired or cancelled before). */
  cancel(timer: Timer): boolean {
    if (timer.slot < 0) return false;
    this.#unlink(timer);
    this.#count--;
    return true;
  }

  /** Fire everything due at or before `nowMs`, in order of due time. Timers started meanwhile fire on a later call. */
  advance(nowMs: number): void {
    const target = Math.floor(nowMs);
    while (this.#now < target) {
      if (this.#count === 0) {
        this.#now = target;
        return;
      }
      const next = this.nextWake();
      if (next > target) {
        this.#now = target;
        return;
      }
      this.#now = next;
      this.#cascade();
      this.#fireSlot(next & SLOT_MASK);
    }
  }

  /** The next tick at which something has to be done (fired, or moved to a finer level); Infinity when nothing is pending. */
  nextWake(): number {
    if (this.#count === 0) return Infinity;
    let unit = 1;
    for (let level = 0; level < LEVELS; level++) {
      const position = Math.floor(this.#now / unit);
      // Below the top, a level holds only what is due before it wraps round.
      const steps = level === LEVELS - 1 ? SLOTS : SLOTS - 1 - (position & SLOT_MASK);
      for (let step = 1; step <= steps; step++) {
        if (this.#heads[level * SLOTS + ((position + step) & SLOT_MASK)] !== null) return (position + step) * unit;
      }
      unit *= SLOTS;
    }
    return Infinity;
  }

  /**
   * The finest level whose present round still contains the due time. So all timers of one tick meet in one slot, in the
   * order in which they were started, however long ago that was.
   */
  #place(timer: Timer): void {
    const due = timer.due - this.#now > HORIZON ? this.#now + HORIZON : timer.due;
    let level = 0;
    let unit = 1;
    while (level < LEVELS - 1 && Math.floor(due / (unit * SLOTS)) !== Math.floor(this.#now / (unit * SLOTS))) {
      level++;
      unit *= SLOTS;
    }
    const slot = level * SLOTS + (Math.floor(due / unit) & SLOT_MASK);
    timer.slot = slot;
    timer.previous = this.#tails[slot] ?? null;
    timer.next = null;
    if (timer.previous === null) this.#heads[slot] = timer;
    else timer.previous.next = timer;
    this.#tails[slot] = timer;
  }

  #unlink(timer: Timer): void {
    if (timer.previous === null) this.#heads[timer.slot] = timer.next;
    else timer.previous.next = timer.next;
    if (timer.next === null) this.#tails[timer.slot] = timer.previous;
    else timer.next.previous = timer.previous;
    timer.previous = null;
    timer.next = null;
    timer.slot = -1;
  }

  /** Hand the timers of every coarser slot that begins at this tick down to finer levels, the coarsest first. */
  #cascade(): void {
    let level = LEVELS - 1;
    let unit = SLOTS ** level;
    for (; level > 0; level--, unit /= SLOTS) {
      if (this.#now % unit !== 0) continue;
      const slot = level * SLOTS + (Math.floor(this.#now / unit) & SLOT_MASK);
      let timer = this.#detach(slot);
      while (timer !== null) {
        const next: Timer | null = timer.next;
        this.#place(timer);
        timer = next;
      }
    }
  }

  #fireSlot(slot: number): void {
    for (let timer = this.#heads[slot] ?? null; timer !== null; timer = this.#heads[slot] ?? null) {
      if (timer.due > this.#now) return;
      this.#unlink(timer);
      this.#count--;
      timer.fire(timer);
    }
  }

  #detach(slot: number): Timer | null {
    const first = this.#heads[slot] ?? null;
    this.#heads[slot] = null;
    this.#tails[slot] = null;
    return first;
  }
}

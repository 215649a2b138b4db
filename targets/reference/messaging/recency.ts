/** Things in the order in which they were touched last, as a doubly linked list: each step takes the same time, however many there are. Pure. */

export interface Touched<T> {
  older: T | null;
  newer: T | null;
}

export class Recency<T extends Touched<T>> {
  #oldest: T | null = null;
  #newest: T | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): T | null {
    return this.#oldest;
  }

  /** Puts one that is in no list behind all others. */
  add(one: T): void {
    one.older = this.#newest;
    one.newer = null;
    if (this.#newest === null) this.#oldest = one;
    else this.#newest.newer = one;
    this.#newest = one;
    this.#size++;
  }

  /** Takes one out of this list. */
  remove(one: T): void {
    if (one.older === null) this.#oldest = one.newer;
    else one.older.newer = one.newer;
    if (one.newer === null) this.#newest = one.older;
    else one.newer.older = one.older;
    one.older = null;
    one.newer = null;
    this.#size--;
  }

  /** Puts one of this list behind all others. */
  touch(one: T): void {
    if (one === this.#newest) return;
    this.remove(one);
    this.add(one);
  }
}

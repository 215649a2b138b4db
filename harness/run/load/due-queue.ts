/** What will happen when: a binary heap by time, so that waiting users need no timer each. */
export class DueQueue<Item> {
  readonly #atUs: number[] = [];
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(atUs: number, item: Item): void {
    let slot = this.#items.length;
    this.#atUs.push(atUs);
    this.#items.push(item);
    while (slot > 0) {
      const parent = (slot - 1) >>> 1;
      if ((this.#atUs[parent] as number) <= atUs) break;
      this.#move(parent, slot);
      slot = parent;
    }
    this.#place(slot, atUs, item);
  }

  holdsDue(nowUs: number): boolean {
    return this.#items.length > 0 && (this.#atUs[0] as number) <= nowUs;
  }

  /** Takes the earliest item if it is due at `nowUs`, else null. */
  popDue(nowUs: number): Item | null {
    if (!this.holdsDue(nowUs)) return null;
    const first = this.#items[0] as Item;
    const lastAt = this.#atUs.pop() as number;
    const last = this.#items.pop() as Item;
    const length = this.#items.length;
    if (length > 0) this.#sink(lastAt, last, length);
    return first;
  }

  #sink(atUs: number, item: Item, length: number): void {
    let slot = 0;
    for (let child = 1; child < length; child = 2 * slot + 1) {
      if (child + 1 < length && (this.#atUs[child + 1] as number) < (this.#atUs[child] as number)) child++;
      if ((this.#atUs[child] as number) >= atUs) break;
      this.#move(child, slot);
      slot = child;
    }
    this.#place(slot, atUs, item);
  }

  #move(from: number, to: number): void {
    this.#atUs[to] = this.#atUs[from] as number;
    this.#items[to] = this.#items[from] as Item;
  }

  #place(slot: number, atUs: number, item: Item): void {
    this.#atUs[slot] = atUs;
    this.#items[slot] = item;
  }
}

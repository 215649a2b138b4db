import type { Process } from './process.ts';

/** Processes that have something to do, in order of their turn; a ring that grows by doubling. */
export class RunQueue {
  length = 0;
  #head = 0;
  #ring: (Process | undefined)[] = new Array(64);

  push(process: Process): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.length) & (this.#ring.length - 1)] = process;
    this.length++;
  }

  shift(): Process | undefined {
    if (this.length === 0) return undefined;
    const process = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.length--;
    return process;
  }

  #grow(): void {
    const old = this.#ring;
    this.#ring = new Array(old.length * 2);
    for (let i = 0; i < this.length; i++) this.#ring[i] = old[(this.#head + i) & (old.length - 1)];
    this.#head = 0;
  }
}

import { RuntimeError } from './exit-reason.ts';
import type { Process } from './process.ts';

/** Serials are slot + round * SLOT_LIMIT, so that a slot is used again under a new serial and a lookup is one array access. */
const SLOT_LIMIT = 2 ** 22;

/** All living processes of a node. */
export class ProcessTable {
  size = 0;
  readonly #limit: number;
  #slots: (Process | undefined)[] = [];
  #freeSerials: number[] = [];

  /** `limit`: how many processes may live at once; at most 4,194,304. */
  constructor(limit: number) {
    this.#limit = Math.min(limit, SLOT_LIMIT);
  }

  /** The serial for a new process. Throws `system_limit` when the table is full. */
  nextSerial(): number {
    if (this.size >= this.#limit) throw new RuntimeError('system_limit', `more than ${this.#limit} processes on one node`);
    return this.#freeSerials.pop() ?? this.#slots.length;
  }

  insert(process: Process): void {
    const slot = process.serial % SLOT_LIMIT;
    if (slot === this.#slots.length) this.#slots.push(process);
    else this.#slots[slot] = process;
    this.size++;
  }

  remove(process: Process): void {
    this.#slots[process.serial % SLOT_LIMIT] = undefined;
    this.#freeSerials.push(process.serial + SLOT_LIMIT);
    this.size--;
  }

  find(serial: number): Process | undefined {
    const process = this.#slots[serial % SLOT_LIMIT];
    return process?.serial === serial ? process : undefined;
  }

  *[Symbol.iterator](): IterableIterator<Process> {
    for (const process of this.#slots) if (process !== undefined) yield process;
  }
}

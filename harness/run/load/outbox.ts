/**
 * A user's messages that were neither acknowledged nor refused, in the order of their ids: rows of the attempts table.
 * Settled ones leave from the front; one settled out of order stays, marked by its outcome, until the front reaches it.
 */
import { Outcome } from '../../evidence/ledger/observations.ts';
import type { ObservationLog } from './observation-log.ts';

/** Maximum messages that a user keeps; further ones are recorded as unsent and counted. */
export const OUTBOX_LIMIT = 10_000;
const COMPACT_AT = 64;

export class Outbox {
  #rows: number[] = [];
  #head = 0;
  #outstanding = 0;

  get outstanding(): number {
    return this.#outstanding;
  }

  /** False when the outbox is full. */
  add(row: number): boolean {
    if (this.#outstanding >= OUTBOX_LIMIT) return false;
    this.#rows.push(row);
    this.#outstanding++;
    return true;
  }

  /** The row of the outstanding message `id`, or -1. */
  find(id: number, log: ObservationLog): number {
    const ids = log.attempts.columns.id;
    let low = this.#head;
    let high = this.#rows.length - 1;
    // Acknowledgements come nearly in order, so look at the front first.
    if (low <= high && ids.get(this.#rows[low] as number) === id) high = low;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ids.get(this.#rows[middle] as number) < id) low = middle + 1;
      else high = middle;
    }
    const row = this.#rows[low];
    return row !== undefined && ids.get(row) === id && isOutstanding(row, log) ? row : -1;
  }

  /** Call after the row's outcome was set. */
  settled(log: ObservationLog): void {
    this.#outstanding--;
    while (this.#head < this.#rows.length && !isOutstanding(this.#rows[this.#head] as number, log)) this.#head++;
    if (this.#head === this.#rows.length) {
      this.#rows.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#rows.length) {
      this.#rows = this.#rows.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The outstanding rows, oldest first. */
  rows(log: ObservationLog): number[] {
    return this.#rows.slice(this.#head).filter((row) => isOutstanding(row, log));
  }
}

function isOutstanding(row: number, log: ObservationLog): boolean {
  const outcome = log.attempts.columns.outcome.get(row);
  return outcome === Outcome.unsent || outcome === Outcome.indeterminate;
}

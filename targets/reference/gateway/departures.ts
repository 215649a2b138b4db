/**
 * What leaves a node: the connections that have something to write, and the one moment in a turn at which all of it is written,
 * if the application still stands by it.
 */
import { atTurnEnd } from '../platform/real/turn-end.ts';
import { WriteBatch } from './write-batch.ts';

const MAX_FREE_BATCHES = 256;

/** Something that writes: what it collected leaves, or is withheld. */
export interface Departing {
  withhold(): void;
  flush(): void;
}

export class Departures {
  readonly #permission: (() => boolean) | null;
  readonly #freeBatches: WriteBatch[] = [];
  readonly #flushLater = (): void => this.flush();
  #dirty: Departing[] = [];
  #asking = false;

  /** `permission`: GatewayOptions.mayDeliver. */
  constructor(permission: (() => boolean) | null) {
    this.#permission = permission;
  }

  /** Everything collected leaves now. */
  flush(): void {
    if (this.#dirty.length === 0) return;
    const dirty = this.#dirty;
    this.#dirty = [];
    if (!this.mayDeliver()) for (const connection of dirty) connection.withhold();
    for (const connection of dirty) connection.flush();
  }

  batchFor(connection: Departing): WriteBatch {
    if (this.#dirty.length === 0) atTurnEnd(this.#flushLater);
    this.#dirty.push(connection);
    return this.#freeBatches.pop() ?? new WriteBatch();
  }

  takeBack(batch: WriteBatch): void {
    if (this.#freeBatches.length < MAX_FREE_BATCHES) this.#freeBatches.push(batch);
  }

  /** Whether what was collected may be delivered. What the application closes while it decides may not. */
  mayDeliver(): boolean {
    if (this.#permission === null) return true;
    if (this.#asking) return false;
    this.#asking = true;
    try {
      return this.#permission();
    } finally {
      this.#asking = false;
    }
  }
}

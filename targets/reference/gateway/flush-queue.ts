/**
 * The connections of a node that have something to write in this turn. All of it is written at the end of the turn, unless the application
 * no longer permits it.
 */
import { atTurnEnd } from '../platform/real/turn-end.ts';
import { WriteBatch } from './write-batch.ts';

const MAX_FREE_BATCHES = 256;

/** A connection that collects output, which is then written or withheld. */
export interface Flushable {
  withhold(): void;
  flush(): void;
}

export class FlushQueue {
  readonly #permission: (() => boolean) | null;
  readonly #freeBatches: WriteBatch[] = [];
  readonly #flushLater = (): void => this.flush();
  #dirty: Flushable[] = [];
  #asking = false;

  /** `permission`: GatewayOptions.mayDeliver. */
  constructor(permission: (() => boolean) | null) {
    this.#permission = permission;
  }

  /** Writes everything collected now. */
  flush(): void {
    if (this.#dirty.length === 0) return;
    const dirty = this.#dirty;
    this.#dirty = [];
    if (!this.mayDeliver()) for (const connection of dirty) connection.withhold();
    for (const connection of dirty) connection.flush();
  }

  batchFor(connection: Flushable): WriteBatch {
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

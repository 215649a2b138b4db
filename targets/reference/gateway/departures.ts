/**
 * What leaves a node: the connections that have something to write, and the one moment in a turn at which all of it is written,
 * if the application still stands by it.
 */
import { Outbox } from './outbox.ts';

const MAX_FREE_OUTBOXES = 256;

/** Something that writes: what it collected leaves, or is withheld. */
export interface Departing {
  withhold(): void;
  flush(): void;
}

export class Departures {
  readonly #permission: (() => boolean) | null;
  readonly #freeOutboxes: Outbox[] = [];
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

  outboxFor(connection: Departing): Outbox {
    if (this.#dirty.length === 0) setImmediate(this.#flushLater);
    this.#dirty.push(connection);
    return this.#freeOutboxes.pop() ?? new Outbox();
  }

  takeBack(outbox: Outbox): void {
    if (this.#freeOutboxes.length < MAX_FREE_OUTBOXES) this.#freeOutboxes.push(outbox);
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

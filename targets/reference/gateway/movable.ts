/** Which clients a node would rather send on than others: those that signed in some time ago, in turn. */
import type { Connection } from './connection.ts';

/** A client stays so long at least where it signed in. */
export const STAY_MS = 1_000;
/** Connections looked at for one that is found, at most. */
const LOOKED_AT_PER_FOUND = 32;

export class Movable {
  readonly #connections: ReadonlySet<Connection>;
  #turn: Iterator<Connection>;

  constructor(connections: ReadonlySet<Connection>) {
    this.#connections = connections;
    this.#turn = connections.values();
  }

  /** Up to `count` of them, and not the same ones again before all others had their turn. */
  next(count: number, nowMs: number): readonly Connection[] {
    const found: Connection[] = [];
    const looks = Math.min(this.#connections.size, count * LOOKED_AT_PER_FOUND);
    for (let look = 0; look < looks && found.length < count; look++) {
      let step = this.#turn.next();
      if (step.done === true) {
        this.#turn = this.#connections.values();
        step = this.#turn.next();
        if (step.done === true) break;
      }
      const connection = step.value;
      if (connection.phase === 'open' && nowMs - connection.openedMs >= STAY_MS) found.push(connection);
    }
    return found;
  }
}

/** Which clients a node prefers to move to another node: those that signed in some time ago, in turn. */

/** What is asked of a connection here. */
export interface Movable {
  readonly phase: string;
  /** On the gateway's clock. */
  readonly openedMs: number;
}

/** A client stays so long at least where it signed in. */
export const STAY_MS = 1_000;
/** Connections looked at for one that is found, at most. */
const LOOKED_AT_PER_FOUND = 32;

/**
 * Up to `count` of them, and not the same ones again before all others had their turn: whoever is found goes to the end of the set. No iterator
 * outlives the call, for one that waits keeps every connection that has come and gone since in memory.
 */
export function nextMovable<Client extends Movable>(connections: Set<Client>, count: number, nowMs: number): readonly Client[] {
  const found: Client[] = [];
  let looks = Math.min(connections.size, count * LOOKED_AT_PER_FOUND);
  for (const connection of connections) {
    if (looks === 0 || found.length === count) break;
    looks--;
    if (connection.phase === 'open' && nowMs - connection.openedMs >= STAY_MS) found.push(connection);
  }
  for (const connection of found) {
    connections.delete(connection);
    connections.add(connection);
  }
  return found;
}

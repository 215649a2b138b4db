/**
 * Moves signed-in clients to a node with clearly fewer of them, such as one that returned: a few at a time, by the rule for new ones
 * (placement.ts). It only decides when, to which node and how many. A move costs the work of two sign-ins and takes the user some
 * milliseconds, so it is slow enough not to be noticed among the users' own activity.
 */
import { betterNode, type Peer } from './placement.ts';

/** Of all nodes together. A third of 2,000 users is back with their node in six seconds, for a tenth of two cores. */
const PER_SECOND = 120;
/** What a node that did not get to it may catch up on: so long's worth, and no more. */
const CATCH_UP_MS = 100;
/** A peer is left alone until it has been there for so long: it starts with cold code, and others may be signing in there. */
export const SETTLE_MS = 1_000;
/** Older than this, what went to a peer is in the load that it tells (the mesh tells it three times as often). */
const TOLD_MS = 1_500;

export interface Moves {
  readonly to: Peer;
  readonly count: number;
}

export class Rebalance {
  readonly #since = new Map<string, number>();
  #sent: readonly { readonly to: string; readonly count: number; readonly atMs: number }[] = [];
  #allowed = 0;
  #lookedMs: number | null = null;

  /** What to move now; null for nothing. To be asked regularly, with the peers as they are known then; what it says counts as moved. */
  next(nowMs: number, own: number, peers: readonly Peer[]): Moves | null {
    const nodes = peers.length + 1;
    const passedMs = nowMs - (this.#lookedMs ?? nowMs);
    this.#lookedMs = nowMs;
    // All but one may be moving to that one.
    const perMs = PER_SECOND / Math.max(1, nodes - 1) / 1_000;
    this.#allowed = Math.min(this.#allowed + passedMs * perMs, Math.max(1, CATCH_UP_MS * perMs));
    for (const name of this.#since.keys()) if (!peers.some((peer) => peer.name === name)) this.#since.delete(name);
    for (const { name } of peers) if (!this.#since.has(name)) this.#since.set(name, nowMs);
    this.#sent = this.#sent.filter(({ atMs }) => nowMs - atMs < TOLD_MS);
    const settled = peers.filter(({ name }) => nowMs - (this.#since.get(name) as number) >= SETTLE_MS);
    const to = betterNode(
      own,
      settled.map((peer) => ({ ...peer, connections: peer.connections + this.#sentTo(peer.name) })),
    );
    const count = Math.floor(this.#allowed);
    if (to === null || count === 0) return null;
    this.#allowed -= count;
    this.#sent = [...this.#sent, { to: to.name, count, atMs: nowMs }];
    return { to, count };
  }

  #sentTo(name: string): number {
    return this.#sent.reduce((sum, { to, count }) => (to === name ? sum + count : sum), 0);
  }
}

/**
 * Decides on which node a client is served. The gateway asks the application, which knows the owner of a user; if nobody owns the user, the
 * load decides, by the pure rule below.
 */

/** The application's say, asked once a sign-in. */
export interface Placement {
  /**
   * Calls `done` once, at once or in a later turn; the client may be gone by then. `redirected`: another node sent the client here,
   * so that it must not be sent on because of load.
   */
  admit(user: string, device: string, redirected: boolean, done: (verdict: Verdict) => void): void;
}

export type Verdict =
  | { readonly kind: 'here' }
  /** The address of another node's gateway. */
  | { readonly kind: 'elsewhere'; readonly host: string; readonly port: number };

export interface Peer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Open connections, as it said last. */
  readonly connections: number;
  readonly state: 'ready' | 'draining';
}

/** A node keeps a client unless it has more connections than this share of the least loaded node's, ... */
const SHARE = 1.2;
/** ... and this many on top, so that nodes with next to nothing do not quarrel about it. */
const SLACK = 20;

/**
 * The ready peer with the fewest connections (of several, the first), when this node has clearly more: `own` above
 * 1.2 x the peer's + 20. Null: serve the client here.
 *
 * The band is what keeps clients from going to and fro. A peer that is chosen has fewer connections than this node even after it
 * took the client, so by the same rule it does not send it back; and loads that peers tell each other are old by a tick, in which
 * a band as wide as what arrives meanwhile sends nobody the wrong way. Nodes that place every client by the rule, by loads they
 * know exactly, end within the band of each other.
 */
export function betterNode(own: number, peers: readonly Peer[]): Peer | null {
  let least: Peer | null = null;
  for (const peer of peers) {
    if (peer.state === 'ready' && (least === null || peer.connections < least.connections)) least = peer;
  }
  return least !== null && own > SHARE * least.connections + SLACK ? least : null;
}

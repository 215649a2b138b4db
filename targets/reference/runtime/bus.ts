/**
 * What the runtime requires of the bus that carries signals between nodes: Erlang's distribution, reduced to its promises. A TCP mesh
 * (`platform/real/mesh`) keeps them, and so could a distributed engine (NATS and the like).
 *
 * The promises: signals to a node arrive in the order in which they were sent, each at most once; one is lost only together with
 * the connection, and then `down` is reported on both sides, before anything of a later connection.
 */
import type { NodeIdentity } from './pid.ts';

export interface BusEvents {
  /** This node can be reached from now on. Never while an earlier start of it counts as connected. */
  up(node: NodeIdentity): void;
  /** The connection is gone, and with it what was under way. Told once for each `up`. */
  down(node: NodeIdentity): void;
  /** One signal. The bytes stay as they are for ever: what is decoded may point into them. */
  signal(from: NodeIdentity, bytes: Buffer): void;
}

export interface Bus {
  /** Names of the nodes connected now. */
  readonly connected: readonly string[];
  /**
   * Queues one encoded signal for this node; false (and nothing is queued) when it is not connected. The bytes are the caller's
   * again when this returns, and will be overwritten. Never calls an event while it runs.
   */
  send(node: string, signal: Uint8Array): boolean;
  /** Cuts the connection to this node, whose bytes are not what they should be. `down` is told before or after this returns. */
  disconnect(node: string): void;
  /** Called once, by the runtime. Nobody is connected before. Events come outside of any handler. */
  listen(events: BusEvents): void;
}

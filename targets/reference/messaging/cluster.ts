/** The other nodes, as the messaging room sees them; null in a deployment of one. */
import type { Pid } from '../runtime/pid.ts';
import type { Owner, UserRegistry } from './store-port.ts';

export interface Cluster {
  readonly registry: UserRegistry;
  /** Whether this start of the node is connected now. A node that is not may be dead, paused or cut off. */
  isConnected(node: string): boolean;
  pidOf(owner: Owner): Pid;
  /** Where clients reach a node, as `host:port`; null when it is not known. */
  clientAddress(node: string): string | null;
}

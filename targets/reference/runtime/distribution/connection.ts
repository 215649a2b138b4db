import type { Monitor } from '../monitor.ts';
import type { NodeIdentity } from '../pid.ts';
import type { KnownNode } from './known-node.ts';
import { RemoteLinks } from './remote-links.ts';
import type { RemoteWatch } from './remote-watch.ts';

/** What this node has to do with another one while they are connected. All of it ends with the connection. */
export class Connection {
  readonly known: KnownNode;
  /** Held by processes and ports of this node on processes of that one, by their id. */
  readonly monitors = new Map<number, Monitor>();
  /** Held by that node on processes of this one, by their id there. */
  readonly watches = new Map<number, RemoteWatch>();
  readonly links = new RemoteLinks();
  readonly #demonitored: (connection: Connection, monitor: Monitor) => void;
  open = true;

  constructor(known: KnownNode, demonitored: (connection: Connection, monitor: Monitor) => void) {
    this.known = known;
    this.#demonitored = demonitored;
  }

  get node(): NodeIdentity {
    return this.known.identity;
  }

  /** A monitor on a process of that node was taken off. */
  demonitor(monitor: Monitor): void {
    if (this.monitors.delete(monitor.id)) this.#demonitored(this, monitor);
  }
}

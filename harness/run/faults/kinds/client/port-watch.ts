/** Probes the ports of nodes repeatedly, and records which of them refused at the same moment. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DeployedNode } from '../../../../../targets/target.ts';
import { probePort } from '../node/node-probes.ts';

const EVERY_MS = 20;

export interface PortsSeen {
  /** Each group of two or more that refused together, once. */
  readonly togetherDown: readonly (readonly string[])[];
  /** How often all ports were probed. */
  readonly probes: number;
}

/** Begins at once. `stop` ends it, and may be called again. */
export function watchPorts(nodes: readonly DeployedNode[]): { stop(): Promise<PortsSeen> } {
  const together = new Map<string, readonly string[]>();
  let probes = 0;
  let stopped = false;
  const look = async (): Promise<void> => {
    while (!stopped) {
      const outcomes = await Promise.all(nodes.map(({ endpoint }) => probePort(endpoint)));
      // A connection that takes long shows that the machine is slow, not that nobody listens.
      const down = nodes.filter((_, index) => outcomes[index] === 'ECONNREFUSED').map(({ name }) => name);
      if (down.length > 1) together.set(down.join(), down);
      probes++;
      await delay(EVERY_MS);
    }
  };
  const looking = look();
  return {
    async stop() {
      stopped = true;
      await looking;
      return { togetherDown: [...together.values()], probes };
    },
  };
}

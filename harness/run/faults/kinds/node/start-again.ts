/** Brings back a node that a fault took down, and proves that it is back. */
import type { DeployedNode } from '../../../../../targets/target.ts';
import { eventually } from '../../eventually.ts';
import type { Verification } from '../../fault.ts';
import { probePort } from './node-probes.ts';

/** A node before it was taken down, and which process of it. */
export interface FormerNode {
  readonly node: DeployedNode;
  readonly osPid: number;
  readonly incarnation: number;
}

/** What another fault starts at the same time must be ready within this. */
const READY_WITHIN_MS = 20_000;

/** @throws if the node does not become ready. */
export async function startAgain({ node, incarnation }: FormerNode): Promise<Verification> {
  // Two faults may have hit the same node: the second to heal finds it up, or starting.
  if (node.state === 'dead') await node.restart();
  else
    await eventually(
      async () => node.state,
      (state) => state === 'ready',
      READY_WITHIN_MS,
    );
  const port = await probePort(node.endpoint);
  const renewed = node.incarnation > incarnation && node.state === 'ready';
  return {
    verified: renewed && port === 'accepted',
    evidence: [`${node.name} was started again as incarnation ${node.incarnation}; a connection to its port: ${port}`],
  };
}

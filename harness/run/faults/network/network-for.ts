/** The proxies that a schedule needs: none, unless a kind in it acts on network paths. */
import type { DeployedNode } from '../../../../targets/target.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import { nodesAdded, pathsNeeded, tellsPathsApart } from '../surroundings.ts';
import { Network } from './network.ts';

/** Starts the network of a run, before its nodes; null when its faults need none. `nodes` as in Network.start. */
export async function networkFor(
  plan: Pick<Plan, 'faults' | 'target'>,
  deployment: number,
  nodes: () => readonly DeployedNode[],
): Promise<Network | null> {
  const paths = pathsNeeded(plan);
  if (paths.size === 0) return null;
  const names = Array.from({ length: plan.target.nodes + nodesAdded(plan) }, (_, index) => `n${index + 1}`);
  return Network.start({ deployment, nodes: names, paths, ownAddresses: tellsPathsApart(plan) }, nodes);
}

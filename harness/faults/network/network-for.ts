/** The proxies that a schedule needs: none, unless a kind in it acts on links. */
import type { DeployedNode } from '../../../targets/target.ts';
import type { Plan } from '../../scenario/plan.ts';
import { faultKinds } from '../catalogue.ts';
import { type LinkKind, Network } from './network.ts';

/** A schedule of joins may bring so many nodes more; each link has its proxy before its nodes are there. */
function joining({ faults }: Pick<Plan, 'faults'>): number {
  return faults.filter(({ kind }) => kind === 'join-node').length;
}

export function linksNeeded({ faults }: Pick<Plan, 'faults'>): ReadonlySet<LinkKind> {
  return new Set(faults.flatMap(({ kind, settings }) => faultKinds.get(kind)?.links(settings) ?? []));
}

/** Starts the network of a run, before its nodes; null when its faults need none. `nodes` as in Network.start. */
export async function networkFor(
  plan: Pick<Plan, 'faults' | 'target'>,
  deployment: number,
  nodes: () => readonly DeployedNode[],
): Promise<Network | null> {
  const links = linksNeeded(plan);
  if (links.size === 0) return null;
  const names = Array.from({ length: plan.target.nodes + joining(plan) }, (_, index) => `n${index + 1}`);
  return Network.start({ deployment, nodes: names, links }, nodes);
}

/** What the steps of a schedule need around the deployment before it starts, according to their kinds. Pure. */
import type { Plan } from '../../plan/scenario/plan.ts';
import { faultKinds } from './catalogue.ts';
import type { GroundNeeds } from './machine/ground.ts';
import type { PathKind } from './network/network.ts';

type Schedule = Pick<Plan, 'faults'>;

/** The network paths that must lead through proxies. */
export function pathsNeeded({ faults }: Schedule): ReadonlySet<PathKind> {
  return new Set(faults.flatMap(({ kind, settings }) => faultKinds.get(kind)?.paths(settings) ?? []));
}

/** Whether the kernel drops packets of some paths and not of others, which it tells by their addresses. */
export function tellsPathsApart({ faults }: Schedule): boolean {
  return faults.some(({ kind }) => faultKinds.get(kind)?.requires.includes('nft') ?? false);
}

/** How many nodes may come to those of the start: each path has its proxy before its nodes are there. */
export function nodesAdded({ faults }: Schedule): number {
  return faults.reduce((sum, { kind }) => sum + (faultKinds.get(kind)?.addsNodes ?? 0), 0);
}

/** What must lie under the deployment, step by step. */
export function groundNeeded({ faults }: Schedule): readonly GroundNeeds[] {
  return faults.flatMap(({ kind, settings }) => faultKinds.get(kind)?.ground(settings) ?? []);
}

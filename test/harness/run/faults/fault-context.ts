/** What a fault is told when a test plays it: a deployment, and nothing else around it. */
import { monotonicUs } from '../../../../harness/evidence/measure/clock.ts';
import type { FaultPlan } from '../../../../harness/plan/scenario/plan.ts';
import { forgetful } from '../../../../harness/run/arena/journal.ts';
import type { FaultContext } from '../../../../harness/run/faults/fault.ts';
import { bareGround } from '../../../../harness/run/faults/machine/ground.ts';
import type { DeployedNode, Deployment } from '../../../../targets/target.ts';

/** A deployment of nodes that the test has, or of none, for faults that ask no more of it. */
export function onlyNodes(nodes: readonly DeployedNode[] = []): Deployment {
  return { nodes } as Deployment;
}

export function faultContext(deployment: Deployment, different: Partial<FaultContext> = {}): FaultContext {
  return {
    deployment,
    users: 10,
    userName: (user) => `u${user}`,
    random: () => 0,
    nowUs: monotonicUs,
    signal: new AbortController().signal,
    entryNodes: null,
    journal: forgetful,
    network: null,
    ground: bareGround,
    userControl: null,
    driver: 'native',
    ...different,
  };
}

/** A random stream for each step, the same at every call: Park and Miller's generator, seeded by the length of the id. */
export function randomOf({ id }: Pick<FaultPlan, 'id'>): () => number {
  let state = id.length + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

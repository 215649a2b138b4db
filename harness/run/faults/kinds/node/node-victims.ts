/** Which nodes a fault strikes: one by name, or a number of them, drawn from the seed among those that are up. */
import { z } from 'zod';
import type { DeployedNode } from '../../../../../targets/target.ts';
import { type FaultBounds, type FaultContext, ImpossibleFault, type SettingProblem } from '../../fault.ts';

export const nodeSettings = z.strictObject({
  target: z.string().default('random').meta({ description: '`random`, or a node by name' }),
  count: z.number().int().positive().default(1).meta({ description: 'how many nodes at once' }),
});
export type NodeSettings = z.infer<typeof nodeSettings>;

export function checkNodeSettings({ target, count }: NodeSettings, bounds: FaultBounds): readonly SettingProblem[] {
  if (target !== 'random' && count !== 1) {
    const message = `count is ${count}, but target names one node`;
    return [{ key: 'count', message, remedy: 'leave count out, or use target: random' }];
  }
  if (count > bounds.nodes) {
    const message = `${count} nodes to strike, but the target has ${bounds.nodes}`;
    return [{ key: 'count', message, remedy: `at most ${bounds.nodes}` }];
  }
  return checkNodeName('target', target, bounds);
}

/** `random`, or the name of one of the nodes that are started. */
export function checkNodeName(key: string, name: string, { nodes }: FaultBounds): readonly SettingProblem[] {
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  if (name === 'random' || names.includes(name)) return [];
  return [{ key, message: `there is no node ${name}`, remedy: `random, or one of ${names.join(', ')}` }];
}

/** The nodes, in the order drawn. @throws ImpossibleFault when the named node is not up, or too few nodes are. */
export function chooseNodes({ target, count }: NodeSettings, { deployment, random }: FaultContext): readonly DeployedNode[] {
  if (target !== 'random') {
    const named = deployment.nodes.find(({ name }) => name === target);
    if (named?.state !== 'ready') throw new ImpossibleFault(`node ${target} is ${named?.state ?? 'none of the nodes'}`);
    return [named];
  }
  const up = deployment.nodes.filter(({ state }) => state === 'ready');
  if (up.length < count) throw new ImpossibleFault(`${up.length} nodes are up, and ${count} were to be struck`);
  return Array.from({ length: count }, () => up.splice(Math.floor(random() * up.length), 1)[0] as DeployedNode);
}

/** The one node of a setting `node`. @throws ImpossibleFault when it, or any, is not up. */
export function chooseNode(target: string, context: FaultContext): DeployedNode {
  return chooseNodes({ target, count: 1 }, context)[0] as DeployedNode;
}

/** `node n1`, `nodes n1, n3`. */
export function nodesText(nodes: readonly DeployedNode[]): string {
  return `node${nodes.length === 1 ? '' : 's'} ${nodes.map(({ name }) => name).join(', ')}`;
}

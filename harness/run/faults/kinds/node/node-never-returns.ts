/**
 * node-never-returns: SIGKILL the OS processes of nodes for good. Users are told the remaining addresses; the others must take over what
 * the dead nodes had.
 */
import type { FaultContext, FaultKind, Injection, SettingProblem } from '../../fault.ts';
import { killNodes, verifyKilled } from './kill-node.ts';
import { checkNodeSettings, type NodeSettings, nodeSettings } from './node-victims.ts';
import type { FormerNode } from './start-again.ts';

export const nodeNeverReturns: FaultKind<NodeSettings, readonly FormerNode[]> = {
  kind: 'node-never-returns',
  summary: 'SIGKILL the OS process of one or more nodes for good; users connect to the others',
  needs: ['kill-node', 'multi-node'],
  unflushed: 'kept',
  heals: 'never: the remaining nodes take over',
  duration: 'none',
  settings: nodeSettings,

  check(settings, bounds): readonly SettingProblem[] {
    if (settings.count < bounds.nodes) return checkNodeSettings(settings, bounds);
    const message = `${settings.count} of ${bounds.nodes} nodes that never return would leave none`;
    return [{ key: 'count', message, remedy: 'more nodes, or fewer of them' }];
  },

  async inject(settings, context: FaultContext): Promise<Injection<readonly FormerNode[]>> {
    const injection = await killNodes(settings, context);
    for (const { node } of injection.handle) await context.entryNodes?.remove(node);
    return injection;
  },

  verify: ({ handle }) => verifyKilled(handle),
};

/** The nodes at which users sign in: those of the start, until a fault removes one for good or adds one. */
import type { DeployedNode } from '../../../../targets/target.ts';
import type { EntryNodes } from '../../faults/fault.ts';

/**
 * `tell` gives the load's workers a whole new list; existing connections are not touched. The last node stays in the list whatever happens
 * to it, because users must have somewhere to try.
 */
export function entryNodes(nodes: readonly DeployedNode[], tell: (nodes: readonly DeployedNode[]) => Promise<void>): EntryNodes {
  const present = new Set(nodes);
  const tellAll = (): Promise<void> => tell([...present]);
  return {
    async add(node) {
      if (present.has(node)) return;
      present.add(node);
      await tellAll();
    },
    async remove(node) {
      if (present.size === 1 || !present.delete(node)) return;
      await tellAll();
    },
  };
}

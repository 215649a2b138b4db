import type { Kernel } from './kernel.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';
import { supervisorView } from './supervisor/supervisor.ts';

/** The processes of a node by who started whom. */
export interface TreeNode {
  readonly pid: Pid;
  readonly name: string | null;
  /** Its id among its supervisor's children; null for others. */
  readonly id: string | null;
  readonly behaviour: string;
  /** Null for a process that is no supervisor. */
  readonly strategy: string | null;
  /** In order of start; at most `childLimit` of them. */
  readonly children: readonly TreeNode[];
  /** How many there are. */
  readonly childCount: number;
}

/** The roots are the processes that the outer world spawned, and those whose parent is gone. */
export function supervisionTree(kernel: Kernel, childLimit: number): TreeNode[] {
  const children = new Map<Pid | null, Process[]>();
  for (const process of kernel.table) {
    const parent = process.parent !== null && kernel.local(process.parent) !== undefined ? process.parent : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [process]);
    else siblings.push(process);
  }
  const node = (process: Process, id: string | null): TreeNode => {
    const view = supervisorView(process);
    const below = children.get(process) ?? [];
    const ids = view?.ids ?? new Map<Pid, string>();
    const places = new Map([...ids.keys()].map((pid, place) => [pid, place]));
    const sorted = ids.size === 0 ? below : below.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    return {
      pid: process,
      name: process.name,
      id,
      behaviour: process.behaviour.name,
      strategy: view?.strategy ?? null,
      children: sorted.slice(0, childLimit).map((child) => node(child, ids.get(child) ?? view?.childId ?? null)),
      childCount: below.length,
    };
  };
  return (children.get(null) ?? []).map((process) => node(process, null));
}

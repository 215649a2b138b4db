/** The inside of a node as plain data: processes, the supervision tree, crashes, versions of the code. */

import type { RunningNode } from '../running-node.ts';
import type { CrashReport, ExitReason, ProcessDetails, TreeNode } from '../runtime/index.ts';

/** What processes can be listed by, largest first. */
export const SORTS = {
  mailbox: ({ messageQueueLength }: ProcessDetails) => messageQueueLength,
  memory: ({ memoryBytes }: ProcessDetails) => memoryBytes,
  reductions: ({ reductions }: ProcessDetails) => reductions,
} as const;
export type ProcessSort = keyof typeof SORTS;

export interface ListedProcess {
  readonly pid: string;
  /** Registered name, if it has one. */
  readonly name: string | null;
  /** Whose process it is; null for one of the node's own. */
  readonly user: string | null;
  readonly behaviour: string;
  readonly version: string | number | null;
  readonly status: ProcessDetails['status'];
  readonly mailbox: number;
  readonly memoryBytes: number;
  readonly reductions: number;
  readonly links: number;
  readonly monitors: number;
  readonly monitoredBy: number;
}

export interface ListedTree {
  readonly pid: string;
  readonly name: string | null;
  readonly id: string | null;
  readonly behaviour: string;
  readonly strategy: string | null;
  readonly children: readonly ListedTree[];
  /** How many there are; `children` shows the first of them. */
  readonly childCount: number;
}

export interface ListedCrash {
  readonly pid: string;
  readonly name: string | null;
  readonly behaviour: string;
  readonly reason: string;
  /** Redacted. */
  readonly state: unknown;
  /** The type of the message it was handling; null when it was handling none. */
  readonly lastMessage: string | null;
  readonly mailbox: number;
  readonly atMs: number;
}

export interface ListedModule {
  readonly name: string;
  readonly current: string | number | null;
  readonly old: string | number | null;
  readonly processesOnCurrent: number;
  readonly processesOnOld: number;
}

/** The node's counts, and its largest processes. Costs in proportion to their number. */
export function processList(node: RunningNode, sort: ProcessSort, limit: number): unknown {
  const { size, runnable, pendingTimers, counters } = node.runtime;
  const key = SORTS[sort];
  const listed = node.runtime
    .processes()
    .sort((a, b) => key(b) - key(a))
    .slice(0, limit)
    .map((details) => listedProcess(node, details));
  const users = node.directory.size;
  return { processes: size, users, connections: node.gateway.connections, runnable, pendingTimers, counters, sort, listed };
}

export function listedProcess(node: RunningNode, details: ProcessDetails): ListedProcess {
  const { pid, name, behaviour, version, status, messageQueueLength, memoryBytes, reductions, links, monitors, monitoredBy } =
    details;
  return {
    pid: pid.toString(),
    name,
    user: node.directory.ofProcess(pid)?.user ?? null,
    behaviour,
    version,
    status,
    mailbox: messageQueueLength,
    memoryBytes,
    reductions,
    links: links.length,
    monitors,
    monitoredBy,
  };
}

export function tree(node: RunningNode, childLimit: number): readonly ListedTree[] {
  const listed = ({ pid, children, ...rest }: TreeNode): ListedTree => ({
    ...rest,
    pid: pid.toString(),
    children: children.map(listed),
  });
  return node.runtime.tree(childLimit).map(listed);
}

/** The latest crashes, and what supervisors said of their children; oldest first. */
export function crashes(node: RunningNode): unknown {
  return {
    crashes: node.runtime.crashReports().map(listedCrash),
    supervisors: node.runtime.supervisorReports().map(({ supervisor, context, reason, child }) => ({
      supervisor: supervisor.toString(),
      context,
      reason: reasonText(reason),
      child: { id: child.id, pid: child.pid?.toString() ?? null },
    })),
  };
}

function listedCrash({ pid, name, behaviour, reason, state, lastMessage, messageQueueLength, atMs }: CrashReport): ListedCrash {
  const type = (lastMessage as { readonly type?: unknown } | null | undefined)?.type;
  return {
    pid: pid.toString(),
    name,
    behaviour,
    reason: reasonText(reason),
    state,
    lastMessage: typeof type === 'string' ? type : lastMessage === undefined ? null : typeof lastMessage,
    mailbox: messageQueueLength,
    atMs,
  };
}

/** An exit reason in words; of an error its message. */
export function reasonText(reason: ExitReason): string {
  if (typeof reason === 'string') return reason;
  const { kind, message } = (reason ?? {}) as { readonly kind?: unknown; readonly message?: unknown };
  return kind === 'error' && typeof message === 'string' ? message : JSON.stringify(reason);
}

/** Every module with a process or a second version, and how many processes run which. */
export function modules(node: RunningNode): readonly ListedModule[] {
  const known = node.runtime.modules();
  const names = new Set(known.map(({ name }) => name));
  const never = new Map<string, ListedModule>();
  for (const { behaviour, version } of node.runtime.processes()) {
    if (names.has(behaviour)) continue;
    const processesOnCurrent = (never.get(behaviour)?.processesOnCurrent ?? 0) + 1;
    never.set(behaviour, { name: behaviour, current: version, old: null, processesOnCurrent, processesOnOld: 0 });
  }
  return [...known, ...never.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

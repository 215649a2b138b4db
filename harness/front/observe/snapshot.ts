/** One snapshot of a node: what its control plane answers, checked. */
import { z } from 'zod';
import { type Blame, ToldError } from '../../evidence/result/told-error.ts';
import type { Whom } from './whom.ts';

export const SORTS = ['mailbox', 'memory', 'reductions'] as const;
export type Sort = (typeof SORTS)[number];

const LIMIT_MS = 5_000;
const version = z.union([z.string(), z.number()]).nullable();

const processes = z.object({
  processes: z.number(),
  users: z.number(),
  connections: z.number(),
  runnable: z.number(),
  pendingTimers: z.number(),
  counters: z.record(z.string(), z.number()),
  listed: z.array(
    z.object({
      pid: z.string(),
      name: z.string().nullable(),
      user: z.string().nullable(),
      behaviour: z.string(),
      version,
      status: z.string(),
      mailbox: z.number(),
      memoryBytes: z.number(),
      reductions: z.number(),
    }),
  ),
});

const node = z.object({
  pid: z.string(),
  name: z.string().nullable(),
  id: z.string().nullable(),
  behaviour: z.string(),
  strategy: z.string().nullable(),
  childCount: z.number(),
  get children() {
    return z.array(node);
  },
});

const crashes = z.object({
  crashes: z.array(
    z.object({
      pid: z.string(),
      name: z.string().nullable(),
      behaviour: z.string(),
      reason: z.string(),
      state: z.unknown(),
      lastMessage: z.string().nullable(),
      mailbox: z.number(),
      atMs: z.number(),
    }),
  ),
  supervisors: z.array(z.object({ supervisor: z.string(), context: z.string(), reason: z.string(), child: z.unknown() })),
});

const modules = z.object({
  release: z.string(),
  modules: z.array(
    z.object({
      name: z.string(),
      current: version,
      old: version,
      processesOnCurrent: z.number(),
      processesOnOld: z.number(),
    }),
  ),
});

export type TreeNode = z.infer<typeof node>;

export interface Snapshot {
  readonly node: string;
  readonly processes: z.infer<typeof processes>;
  readonly tree: readonly TreeNode[];
  readonly crashes: z.infer<typeof crashes>;
  readonly modules: z.infer<typeof modules>;
}

/** Why there is no snapshot. `refused`: the token is wrong; `strange`: what answers is not a control plane; otherwise nothing answers. */
export class SnapshotError extends ToldError {
  override readonly name = 'SnapshotError';
  readonly kind: 'refused' | 'strange' | 'silent';
  override readonly blames: Blame;

  constructor(kind: SnapshotError['kind'], message: string) {
    super(message);
    this.kind = kind;
    this.blames = kind === 'refused' ? 'request' : 'machine';
  }
}

/** Takes a snapshot of every node. @throws SnapshotError */
export function snapshots({ nodes, token }: Whom, sort: Sort, limit: number): Promise<readonly Snapshot[]> {
  return Promise.all(
    nodes.map(async ({ name, url }) => {
      const ask = <Shape>(path: string, shape: z.ZodType<Shape>): Promise<Shape> => question(new URL(path, url), token, shape);
      const [list, tree, crashed, code] = await Promise.all([
        ask(`/processes?sort=${sort}&limit=${limit}`, processes),
        ask('/tree?children=20', z.object({ tree: z.array(node) })),
        ask('/crashes', crashes),
        ask('/modules', modules),
      ]);
      return { node: name, processes: list, tree: tree.tree, crashes: crashed, modules: code };
    }),
  );
}

async function question<Shape>(url: URL, token: string, shape: z.ZodType<Shape>): Promise<Shape> {
  let response: Response;
  try {
    // A redirect would send the token elsewhere.
    response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT_MS),
    });
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new SnapshotError('silent', `${url.origin}: does not answer: ${why}\n  is it the control plane of a running node?`);
  }
  if (response.status === 401)
    throw new SnapshotError('refused', `${url.origin}: does not accept the token\n  use the token of this node`);
  const parsed = shape.safeParse(await response.json().catch(() => null));
  if (!response.ok || !parsed.success)
    throw new SnapshotError(
      'strange',
      `${url.origin} answers ${url.pathname} (${response.status}), but not as a control plane does\n  give the URL of a node's control plane`,
    );
  return parsed.data;
}

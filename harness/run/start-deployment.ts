/** Starts what a plan without faults loads: the target as it is, with nothing between it and its users. */
import type { Deployment, Target } from '../../targets/target.ts';
import { presentArena } from '../arena/inside.ts';
import { moduleLabel } from '../own-server/module-path.ts';
import type { Plan } from '../scenario/plan.ts';
import type { RunOptions } from './conductor.ts';
import { nodeRuntime } from './node-runtime.ts';
import type { RunFolder } from './run-folder.ts';

/** A standing server is used as it is. */
export async function startPlainDeployment(
  { target }: Plan,
  found: Target,
  folder: RunFolder,
  { standing, progress, signal, profiler }: RunOptions,
): Promise<Deployment> {
  if (standing !== undefined) return standing.deployment;
  const nodes = `${target.nodes} ${target.nodes === 1 ? 'node' : 'nodes'}`;
  const message = `Starting ${moduleLabel(target.use)} (${nodes}, durability ${target.durability})`;
  progress({ kind: 'phase', phase: 'start', message });
  const runtime = await nodeRuntime(target, signal);
  return found.start({
    nodes: target.nodes,
    durability: target.durability,
    dataDir: folder.data,
    logDir: folder.logs,
    // Runs at the same time get addresses of their own, as far as process ids tell them apart.
    deployment: presentArena() === null ? (process.pid % 250) + 1 : 1,
    config: target.config,
    via: null,
    env: { ...profiler?.env },
    ...(runtime === undefined ? {} : { runtime }),
  });
}

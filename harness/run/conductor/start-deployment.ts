/** Starts the deployment that a run loads. */
import type { Deployment, DeploymentSpec, Target } from '../../../targets/target.ts';
import { moduleLabel } from '../../plan/own-server/module-path.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { presentArena } from '../arena/inside.ts';
import type { RunFolder } from '../folder/run-folder.ts';
import { nodeRuntime } from './node-runtime.ts';
import type { RunOptions } from './run-options.ts';
import { settleDisk } from './settle-disk.ts';

/** What faults need between the nodes and their clients, and of the nodes themselves. */
type Surroundings = Pick<DeploymentSpec, 'via' | 'env'>;

/** What is started, as the plan says, and where it writes. */
interface Start {
  readonly plan: Plan;
  readonly target: Target;
  readonly folder: RunFolder;
  readonly options: RunOptions;
}

const NOTHING_AROUND: Surroundings = { via: null, env: {} };

/**
 * A standing server is used as it is. `surround` prepares what the plan's faults need before a node starts; it is given the number of the
 * deployment, which determines its addresses.
 */
export async function startDeployment(
  { plan: { target }, target: found, folder, options }: Start,
  surround: (deployment: number) => Promise<Surroundings> = async () => NOTHING_AROUND,
): Promise<Deployment> {
  const { standing, progress, signal, profiler } = options;
  const label = moduleLabel(target.use);
  const say = (message: string): void => progress({ kind: 'phase', phase: 'start', message });
  if (standing !== undefined) {
    say(`Using ${label}, which is already running`);
    return standing.deployment;
  }
  say(`Starting ${label} (${target.nodes} ${target.nodes === 1 ? 'node' : 'nodes'}, durability ${target.durability})`);
  // Simultaneous runs get different addresses, as far as process ids distinguish them.
  const deployment = presentArena() === null ? (process.pid % 250) + 1 : 1;
  const { via, env } = await surround(deployment);
  const runtime = await nodeRuntime(target, signal, say);
  await settleDisk(folder.path, signal);
  return found.start({
    nodes: target.nodes,
    durability: target.durability,
    dataDir: folder.data,
    logDir: folder.logs,
    deployment,
    config: target.config,
    via,
    env: { ...env, ...profiler?.env },
    ...(runtime === undefined ? {} : { runtime }),
  });
}

/** What tests start deployments with, in a folder and on loopback addresses of their own. */
import { join } from 'node:path';
import type { DeploymentSpec } from '../../targets/target.ts';

/** So many deployments of one worker have addresses of their own at the same time; 15 workers have such a block each. */
const BLOCK = 16;
const POOLS = 15;

/** Vitest runs one file at a time under each pool id: files that run beside each other never share an address. */
const firstNumber = 1 + (Number(process.env.VITEST_POOL_ID ?? 1) % POOLS) * BLOCK;
let started = 0;

/** The number of a next deployment: its loopback addresses are 127.0.<number>.<node>. */
export function deploymentNumber(): number {
  return firstNumber + (started++ % BLOCK);
}

/** One node, in memory only, that keeps everything below `folder`; with what is `different` about it. */
export function deploymentSpec(folder: string, different: Partial<DeploymentSpec> = {}): DeploymentSpec {
  return {
    nodes: 1,
    durability: 'memory',
    dataDir: join(folder, 'data'),
    logDir: join(folder, 'logs'),
    deployment: deploymentNumber(),
    config: {},
    via: null,
    env: {},
    ...different,
  };
}

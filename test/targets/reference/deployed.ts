/** A deployment of the reference server for a test, in directories of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reference } from '../../../targets/reference/target.ts';
import type { DeployedNode, Deployment, Durability, NodeRuntime } from '../../../targets/target.ts';
import { deploymentSpec } from '../deployment-spec.ts';
import { TestClient } from './test-client.ts';

export interface Deployed {
  readonly deployment: Deployment;
  readonly node: DeployedNode;
  /** Signs a user in, at the first node or at the one with this index. */
  client(user: string, options?: ClientOptions): Promise<TestClient>;
  stop(): Promise<void>;
}

export interface ClientOptions {
  readonly device?: string;
  readonly cursor?: number;
  readonly at?: number;
}

export async function deploy(
  config: Record<string, unknown> = {},
  durability: Durability = 'fsync',
  nodes = 1,
  runtime?: NodeRuntime,
): Promise<Deployed> {
  const directory = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
  const deployment = await reference.start(
    deploymentSpec(directory, { nodes, durability, config, ...(runtime === undefined ? {} : { runtime }) }),
  );
  const node = deployment.nodes[0] as DeployedNode;
  return {
    deployment,
    node,
    client: (user, options = {}) =>
      TestClient.open(
        (deployment.nodes[options.at ?? 0] as DeployedNode).endpoint,
        deployment.credential(user, options.device ?? 'd0'),
        options.cursor ?? 0,
      ),
    async stop() {
      await deployment.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

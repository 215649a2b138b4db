import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { partition } from '../../../../../harness/run/faults/kinds/network/partition.ts';
import { Network } from '../../../../../harness/run/faults/network/network.ts';
import { reference } from '../../../../../targets/reference/target.ts';
import type { DeployedNode, Deployment } from '../../../../../targets/target.ts';
import { deploymentNumber, deploymentSpec } from '../../../../targets/deployment-spec.ts';
import { TestClient } from '../../../../targets/reference/test-client.ts';
import { until } from '../../../../until.ts';
import { faultContext } from '../fault-context.ts';
import { aWhile } from './sockets.ts';

let directory: string;
let network: Network;
let deployment: Deployment | null = null;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'partitioned-'));
  const number = deploymentNumber();
  const options = { deployment: number, nodes: ['n1', 'n2'], paths: new Set(['mesh'] as const), ownAddresses: false };
  network = await Network.start(options, () => deployment?.nodes ?? []);
  deployment = await reference.start(
    deploymentSpec(directory, { nodes: 2, durability: 'fsync', deployment: number, via: network.via }),
  );
});
afterAll(async () => {
  await deployment?.stop();
  await network.close();
  rmSync(directory, { recursive: true, force: true });
});

it('a message across a partition of two nodes waits, and arrives once when it is healed', async () => {
  const servers = deployment as Deployment;
  const [n1, n2] = servers.nodes as [DeployedNode, DeployedNode];
  const sign = (user: string, node: DeployedNode) => TestClient.open(node.endpoint, servers.credential(user, 'd0'));
  const [ann, ben] = [await sign('ann', n1), await sign('ben', n2)];
  ann.send(1, 'ben', 'before');
  await until(() => ben.texts.includes('before'), 'a message across the mesh');
  const context = faultContext(servers, { network });
  const settings = partition.settings.parse({ node: 'n1' });
  const injection = await partition.inject(settings, context);
  expect(await partition.verify(injection, context)).toMatchObject({ verified: true });
  ann.send(2, 'ben', 'across');
  await aWhile(300);
  expect(ben.texts).toEqual(['before']);
  expect(await partition.undo?.(injection, context)).toMatchObject({ verified: true });
  await until(() => ben.texts.includes('across'), 'the message after the heal');
  await until(() => ann.acks.includes(2), 'its acknowledgement');
  expect(ben.texts).toEqual(['before', 'across']);
  const [path] = network.paths(['mesh']);
  expect(path?.proxy.counts.opened).toBeGreaterThan(0);
});

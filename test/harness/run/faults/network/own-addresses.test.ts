import { expect, it } from 'vitest';
import { Network, USERS } from '../../../../../harness/run/faults/network/network.ts';
import { tellsPathsApart } from '../../../../../harness/run/faults/surroundings.ts';
import type { Address, DeployedNode } from '../../../../../targets/target.ts';
import { deploymentNumber } from '../../../../targets/deployment-spec.ts';
import { dial, Listener } from './sockets.ts';

/** The address from which a proxy dials its node. */
async function dialledFrom(ownAddresses: boolean): Promise<{ readonly far: string | undefined; readonly proxy: string }> {
  const listener = await Listener.listen();
  const node = { name: 'n1', state: 'ready', meshEndpoint: null, endpoint: { ...listener.target, path: '/' } } as DeployedNode;
  const options = { deployment: deploymentNumber(), nodes: ['n1'], paths: new Set(['clients'] as const), ownAddresses };
  const network = await Network.start(options, () => [node]);
  try {
    const proxy = network.via(USERS, 'n1') as Address;
    const near = await dial(proxy);
    const far = await listener.end(0);
    near.socket.destroy();
    return { far: far.socket.remoteAddress, proxy: proxy.host };
  } finally {
    await network.close();
    await listener.close();
  }
}

it.runIf(process.platform === 'linux')('a proxy dials from its own address where the kernel tells paths apart', async () => {
  const { far, proxy } = await dialledFrom(true);
  expect(far).toBe(proxy);
});

it.runIf(process.platform === 'linux')(
  'a proxy leaves the address to the kernel otherwise, which finds a free port for each node by itself',
  async () => {
    expect((await dialledFrom(false)).far).toBe('127.0.0.1');
  },
);

it('only a fault that filters packets needs the paths told apart', () => {
  const step = (kind: string) => ({ id: kind, kind, atMs: 0, forMs: 100, settings: {} });
  expect(tellsPathsApart({ faults: [step('partition'), step('kill-node')] })).toBe(false);
  expect(tellsPathsApart({ faults: [step('partition'), step('packet-loss')] })).toBe(true);
});

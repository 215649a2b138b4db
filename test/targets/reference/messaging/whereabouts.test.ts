/** Where a user of another node is, a node asks once for all its senders; whoever is not there any more is found, and gets everything. */
import { expect, test, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../targets/reference/messaging/limits.ts';
import { Whereabouts } from '../../../../targets/reference/messaging/whereabouts.ts';
import { createRuntime, type Pid } from '../../../../targets/reference/runtime/index.ts';
import { createManualPlatform } from '../runtime/manual-platform.ts';
import { HonestClient } from './honest-client.ts';
import { SharedStore } from './shared-disk.ts';
import { SimulatedCluster, type SimulatedNode } from './simulated-cluster.ts';

const MAX_USERS = 10_000;
const ROUNDS = 6;

const runtime = createRuntime({ platform: createManualPlatform(), name: 'n1', creation: 1 });
const pid = (serial: number): Pid => runtime.pidOf({ node: 'n2', creation: 1, serial });

function signedIn(cluster: SimulatedCluster, user: string, node: SimulatedNode): HonestClient {
  const client = new HonestClient(user, 'd0');
  client.connect(node);
  flow(cluster);
  client.read(node, 5, true);
  return client;
}

function flow(cluster: SimulatedCluster): void {
  for (let round = 0; round < ROUNDS; round++) {
    cluster.settle();
    for (const { store, state } of cluster.nodes) if (state === 'up') store.write();
  }
}

test.each([
  ['moved to a third node', (cluster: SimulatedCluster) => cluster.node(2)],
  [
    'moved to a third node when its own had crashed',
    (cluster: SimulatedCluster) => {
      cluster.crash(1, 0);
      return cluster.node(2);
    },
  ],
  [
    'was started again with its node',
    (cluster: SimulatedCluster) => {
      cluster.crash(1, 0);
      cluster.boot(1);
      return cluster.node(1);
    },
  ],
])('a node asks once where a user is, and again when the user %s', (_, move) => {
  const located = vi.spyOn(SharedStore.prototype, 'locate');
  const cluster = new SimulatedCluster(3, DEFAULT_LIMITS);
  const [here, there] = [cluster.node(0), cluster.node(1)];
  const receiver = signedIn(cluster, 'receiver', there);
  const senders = ['a', 'b', 'c', 'd'].map((name) => signedIn(cluster, name, here));
  const asked = (): number => located.mock.calls.filter(([user]) => user === 'receiver').length;
  located.mockClear();
  for (const sender of senders.slice(0, 2)) {
    sender.send(here, 'receiver');
    flow(cluster);
  }
  receiver.read(there, 10, true);
  expect(receiver.seen.map(({ from }) => from)).toEqual(['a', 'b']);
  expect(asked()).toBe(1);

  receiver.cut();
  const now = move(cluster);
  receiver.connect(now);
  flow(cluster);
  located.mockClear();
  for (const sender of senders) {
    sender.send(here, 'receiver');
    flow(cluster);
  }
  receiver.read(now, 10, true);
  expect(receiver.seen.map(({ from }) => from)).toEqual(['a', 'b', 'a', 'b', 'c', 'd']);
  // Each line that was open finds its end by itself.
  expect(asked()).toBeGreaterThan(0);
  expect(asked()).toBeLessThanOrEqual(2);
});

test('who was asked for first is forgotten first, and a successor is not forgotten for its predecessor', () => {
  const whereabouts = new Whereabouts();
  for (let user = 0; user < MAX_USERS; user++) whereabouts.note(`u${user}`, pid(user));
  whereabouts.note('u0', pid(1));
  expect(whereabouts.get('u0')).toBe(pid(1));
  whereabouts.note('one more', pid(2));
  expect(whereabouts.get('u0')).toBeUndefined();
  expect(whereabouts.get('u1')).toBe(pid(1));
  whereabouts.forget('u1', pid(7));
  expect(whereabouts.get('u1')).toBe(pid(1));
  whereabouts.forget('u1', pid(1));
  expect(whereabouts.get('u1')).toBeUndefined();
});

/** Three nodes are one server: whoever is connected where, and whichever of them dies, stops or leaves. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType, ReceiptKind } from '../../../targets/protocol/frames.ts';
import type { DeployedNode } from '../../../targets/target.ts';
import { until } from '../../until.ts';
import { type Deployed, deploy } from './deployed.ts';
import type { TestClient } from './test-client.ts';

async function cluster(config: Record<string, unknown> = {}): Promise<Deployed> {
  return deploy(config, 'fsync', 3);
}

const addressOf = ({ endpoint }: DeployedNode): string => `${endpoint.host}:${endpoint.port}`;
const nodeAt = (server: Deployed, index: number): DeployedNode => server.deployment.nodes[index] as DeployedNode;

describe('three nodes', () => {
  // Each test has users of its own, and leaves all nodes running.
  let server: Deployed;
  beforeAll(async () => {
    server = await cluster();
  });
  afterAll(() => server.stop());

  test('users on different nodes write to each other, with receipts and presence', async () => {
    const anna = await server.client('anna1', { at: 0 });
    const ben = await server.client('ben1', { at: 1 });
    anna.write((writer) => writer.watch('ben1'));
    await anna.until(() => anna.of(FrameType.presence).some(({ online }) => online), 'ben online');
    for (let id = 1; id <= 50; id++) anna.send(id, 'ben1', `m${id}`, true);
    await ben.until(() => ben.texts.length === 50, 'all of them');
    expect(ben.texts).toEqual(Array.from({ length: 50 }, (_, i) => `m${i + 1}`));
    await anna.until(() => anna.acks.length === 50, 'their ACKs');
    expect(anna.of(FrameType.receipt)).toEqual([]);
    ben.write((writer) => writer.delivered(ben.lastSeq).read(ben.lastSeq));
    const receipts = (kind: number) => anna.of(FrameType.receipt).filter((one) => one.kind === kind);
    await anna.until(() => receipts(ReceiptKind.delivered).length === 50 && receipts(ReceiptKind.read).length === 1, 'receipts');
    await ben.bye();
    await anna.until(() => anna.of(FrameType.presence).at(-1)?.online === false, 'ben offline');
  });

  test('a device that connects to another node is served there, and its connection to the first is replaced', async () => {
    const before = await server.client('ben2', { at: 0 });
    const anna = await server.client('anna2', { at: 0 });
    anna.send(1, 'ben2', 'first');
    await before.until(() => before.texts.length === 1, 'the first');
    const after = await server.client('ben2', { at: 1, cursor: before.lastSeq });
    expect(await before.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.replaced);
    anna.send(2, 'ben2', 'second');
    await after.until(() => after.texts.length === 1, 'the second');
    expect(after.texts).toEqual(['second']);
  });

  test('a watcher of a user that moves to another node does not see it leave, and sees it leave when it does', async () => {
    const before = await server.client('ben3', { at: 0 });
    const watchers = await Promise.all(['anna3', 'carl3', 'dora3'].map((user, at) => server.client(user, { at })));
    for (const watcher of watchers) watcher.write((writer) => writer.watch('ben3'));
    const seen = (watcher: TestClient): boolean[] => watcher.of(FrameType.presence).map(({ online }) => online);
    for (const watcher of watchers) await watcher.until(() => seen(watcher).includes(true), 'ben online');
    const after = await server.client('ben3', { at: 1 });
    expect(await before.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.replaced);
    // What the nodes say of it is on its way; then it leaves for good.
    watchers[0]?.send(1, 'ben3', 'are you there?');
    await after.until(() => after.texts.length === 1, 'a message on the new node');
    await after.bye();
    for (const watcher of watchers) {
      await watcher.until(() => seen(watcher).at(-1) === false, 'ben offline');
      expect(seen(watcher).indexOf(false)).toBe(seen(watcher).length - 1);
    }
  });

  test('a second device is sent to the node where the first one is connected', async () => {
    const ben = await server.client('ben4', { at: 0, device: 'd0' });
    const carl = await server.client('carl4', { at: 1 });
    carl.send(1, 'ben4', 'from the other node');
    await ben.until(() => ben.texts.length === 1, 'a message over the mesh');
    await expect(server.client('ben4', { at: 1, device: 'd1' })).rejects.toThrow(String(CLOSE_CODE_BASE + ErrorCode.moved));
    await server.client('ben4', { at: 0, device: 'd1' });
  });

  test('when a node is killed its users can work on another at once, and what it acknowledged is delivered', async () => {
    const anna = await server.client('anna5', { at: 0 });
    const ben = await server.client('ben5', { at: 1 });
    for (let id = 1; id <= 100; id++) anna.send(id, 'ben5', `m${id}`);
    await anna.until(() => anna.acks.length === 100, 'ACKs');
    await nodeAt(server, 1).kill();
    const had = ben.lastSeq;
    const seen = ben.texts.length;
    // Meant for a user whose node is dead: it has an owner again as soon as somebody needs it.
    anna.send(101, 'ben5', 'm101');
    const back = await server.client('ben5', { at: 2, cursor: had });
    await back.until(() => back.texts.length === 101 - seen, 'the rest');
    expect([...ben.texts, ...back.texts]).toEqual(Array.from({ length: 101 }, (_, i) => `m${i + 1}`));
    await anna.until(() => anna.acks.length === 101, 'the last ACK');
    await nodeAt(server, 1).restart();
    const cleo = await server.client('cleo5', { at: 1 });
    cleo.send(1, 'ben5', 'from the node that came back');
    await back.until(() => back.texts.includes('from the node that came back'), 'a message from the node that came back');
  });

  test('a node that has returned takes no user by force, not even in the moment in which it begins to serve', async () => {
    const ben = await server.client('ben6', { at: 0 });
    for (const start of [1, 2, 3]) {
      await nodeAt(server, 1).kill();
      await nodeAt(server, 1).restart();
      const tablet = await server.client('ben6', { at: 1, device: 'tablet' }).catch((error: Error) => error.message);
      expect(tablet, `start ${start}`).toContain(addressOf(nodeAt(server, 0)));
      expect(ben.closeCode, `start ${start}`).toBe(null);
    }
  });

  test('a user of a stopped node is taken over; when the node goes on it neither delivers nor accepts for that user', async () => {
    const anna = await server.client('anna7', { at: 0 });
    const ben = await server.client('ben7', { at: 1 });
    anna.send(1, 'ben7', 'm1');
    await ben.until(() => ben.texts.length === 1, 'm1');
    await nodeAt(server, 1).pause();
    const back = await server.client('ben7', { at: 2, cursor: ben.lastSeq });
    for (let id = 2; id <= 10; id++) anna.send(id, 'ben7', `m${id}`);
    await back.until(() => back.texts.length === 9, 'what came after the stop');
    await nodeAt(server, 1).resume();
    expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
    expect(ben.texts).toEqual(['m1']);
    anna.send(11, 'ben7', 'm11');
    await back.until(() => back.texts.at(-1) === 'm11', 'm11');
  });

  test('messages to a user whose node is stopped wait, and are acknowledged and delivered when it goes on', async () => {
    const anna = await server.client('anna8', { at: 0 });
    const ben = await server.client('ben8', { at: 1 });
    await nodeAt(server, 1).pause();
    for (let id = 1; id <= 5; id++) anna.send(id, 'ben8', `m${id}`);
    const cleo = await server.client('cleo8', { at: 2 });
    cleo.send(1, 'anna8', 'the others go on');
    await anna.until(() => anna.texts.length === 1, 'a message of the nodes that run');
    expect(anna.acks).toEqual([]);
    await nodeAt(server, 1).resume();
    await ben.until(() => ben.texts.length === 5, 'what waited');
    await anna.until(() => anna.acks.length === 5, 'the ACKs');
  });
});

test('messages that were acknowledged while the receiver was away wait on whichever node it returns to', async () => {
  const server = await cluster({ lingerMs: 0 });
  const ben = await server.client('ben', { at: 1 });
  await ben.bye();
  const anna = await server.client('anna', { at: 0 });
  for (let id = 1; id <= 20; id++) anna.send(id, 'ben', `m${id}`);
  await anna.until(() => anna.acks.length === 20, 'ACKs');
  const back = await server.client('ben', { at: 2 });
  await back.until(() => back.texts.length === 20, 'what waited');
  await server.stop();
});

test('when a node is back its share of the users returns to it, and none of them misses a message', async () => {
  const users = 120;
  const server = await cluster();
  const { nodes } = server.deployment;
  const clients: TestClient[] = [];
  // Nodes learn of each other's load, and of a death, a moment later, and may send a client elsewhere until then.
  const arrive = async (i: number, at: number, cursor = 0): Promise<void> =>
    until(
      () =>
        server.client(`u${i}`, { at, cursor }).then(
          (client) => {
            clients[i] = client;
            return true;
          },
          () => false,
        ),
      `u${i} is signed in`,
    );
  await Promise.all(Array.from({ length: users }, (_, i) => arrive(i, i % 3)));
  await nodeAt(server, 1).kill();
  for (let i = 1; i < users; i += 3) await arrive(i, 2 * (i % 2));
  const counted = async (): Promise<number[]> =>
    Promise.all(nodes.map(async (node) => (await node.introspect())?.connections ?? 0));
  // Whoever a busy node sent away meanwhile comes again.
  await until(async () => {
    for (const [i, client] of clients.entries())
      if (client.closeCode !== null) await arrive(i, i % 3 === 1 ? 2 * (i % 2) : i % 3);
    return (await counted()).join() === '60,0,60';
  }, 'the two nodes that are left have half of the users each');
  await nodeAt(server, 1).restart();

  // Some write to the next one all the while, and all go where they are sent.
  const sent = clients.map(() => new Set<number>());
  const owed = clients.map(() => new Set<number>());
  const shown = clients.map(() => new Set<number>());
  const write = (i: number, id: number): void => clients[i]?.send(id, `u${(i + 1) % users}`, 'x');
  const follow = async (i: number): Promise<void> => {
    const client = clients[i] as TestClient;
    const frames = client.of(FrameType.deliver);
    for (const { id } of frames) shown[i]?.add(id);
    for (const id of client.acks) owed[i]?.delete(id);
    cursors[i] = Math.max(cursors[i] as number, client.lastSeq);
    client.frames.length = 0;
    if (frames.length > 0) client.write((writer) => writer.delivered(cursors[i] as number));
    if (client.closeCode === null) return;
    expect([client.closeCode, client.closeReason]).toEqual([CLOSE_CODE_BASE + ErrorCode.moved, addressOf(nodeAt(server, 1))]);
    await arrive(i, 1, cursors[i]);
    moved++;
    for (const id of owed[i] ?? []) write(i, id);
  };
  const cursors = clients.map(() => 0);
  let moved = 0;
  let round = 0;
  await until(async () => {
    round++;
    for (let i = 0; i < users; i++) {
      await follow(i);
      if (i % 10 !== round % 10) continue;
      sent[i]?.add(round);
      owed[i]?.add(round);
      write(i, round);
    }
    const connections = await counted();
    return connections.every((count) => count > 0 && count <= 1.2 * Math.min(...connections) + 20);
  }, 'the nodes have about the same number of users');
  await until(async () => {
    for (let i = 0; i < users; i++) await follow(i);
    return owed.every((ids) => ids.size === 0);
  }, 'everything that was sent is acknowledged');
  await until(async () => {
    for (let i = 0; i < users; i++) await follow(i);
    return shown.every((ids, i) => ids.size === sent[(i + users - 1) % users]?.size);
  }, 'everything that was acknowledged is shown');
  expect(moved).toBeGreaterThanOrEqual(20);
  expect((await counted()).reduce((sum, count) => sum + count, 0)).toBe(users);
  await server.stop();
});

test('a node that leaves hands its users over, and one that joins serves', async () => {
  const server = await cluster();
  const anna = await server.client('anna', { at: 0 });
  const ben = await server.client('ben', { at: 1 });
  anna.send(1, 'ben', 'm1');
  await ben.until(() => ben.texts.length === 1, 'm1');
  await nodeAt(server, 1).leave();
  expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.draining);
  anna.send(2, 'ben', 'm2');
  await anna.until(() => anna.acks.length === 2, 'the ACK of m2');
  const joined = await server.deployment.addNode();
  expect(joined?.index).toBe(3);
  const back = await server.client('ben', { at: 3, cursor: ben.lastSeq });
  await back.until(() => back.texts.length === 1, 'm2');
  expect(back.texts).toEqual(['m2']);
  await server.stop();
});

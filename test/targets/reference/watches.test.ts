/** A watch belongs to the connection it came on: neither its cost nor what it tells outlives that. */
import { afterEach, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType } from '../../../targets/protocol/frames.ts';
import { type LocalNode, localNode } from './local-node.ts';
import type { TestClient } from './test-client.ts';

let server: LocalNode;
afterEach(() => server.stop());

async function watch(client: TestClient, ...users: readonly string[]): Promise<void> {
  const before = client.of(FrameType.presence).length;
  client.write((writer) => {
    for (const user of users) writer.watch(user);
  });
  await client.until(() => client.of(FrameType.presence).length >= before + users.length, 'presence');
}

const told = (client: TestClient): string[] => client.of(FrameType.presence).map(({ user, online }) => `${user} ${online}`);

test('a connection is told only about users whom it watches itself, not about those whom an earlier one watched', async () => {
  server = await localNode();
  const first = await server.client('anna');
  await watch(first, 'ben', 'carol');
  first.abort();
  await expect.poll(() => server.node.directory.find('anna')?.connections.length).toBe(0);
  const second = await server.client('anna');
  await watch(second, 'carol');
  await server.client('ben');
  const carol = await server.client('carol');
  await second.until(() => told(second).includes('carol true'), 'carol online');
  await carol.bye();
  await second.until(() => told(second).length === 3, 'carol offline');
  expect(told(second)).toEqual(['carol false', 'carol true', 'carol false']);
});

test('a device is told about users whom it watches, not about those of another device, and continues when that one leaves', async () => {
  server = await localNode();
  const one = await server.client('anna', { device: 'd0' });
  const other = await server.client('anna', { device: 'd1' });
  await watch(one, 'ben', 'carol');
  await watch(other, 'carol');
  await one.bye();
  await server.client('ben');
  await server.client('carol');
  await other.until(() => told(other).includes('carol true'), 'carol online');
  expect(told(other)).toEqual(['carol false', 'carol true']);
});

test('a watch ends with its connection, and takes no place among those who watch a user', async () => {
  server = await localNode({ maxWatchers: 1 });
  for (let round = 0; round < 5; round++) {
    const anna = await server.client('anna');
    await watch(anna, 'carol', `somebody${round}`);
    anna.abort();
    await expect.poll(() => server.node.directory.find('anna')?.connections.length).toBe(0);
  }
  const ben = await server.client('ben');
  await watch(ben, 'carol');
  expect(server.node.counters.bounds.watchers).toBe(0);
  await server.client('carol');
  await ben.until(() => told(ben).includes('carol true'), 'carol online');
});

test('the devices of a user share the limit of its watches, and what a connection used is free when it ends', async () => {
  server = await localNode({ maxWatches: 3 });
  const one = await server.client('anna', { device: 'd0' });
  const other = await server.client('anna', { device: 'd1' });
  await watch(one, 'ben', 'carol');
  await watch(other, 'dora');
  other.write((writer) => writer.watch('emil'));
  expect(await other.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.rateLimited);
  expect(server.node.counters.bounds.watches).toBe(1);
  await one.bye();
  const again = await server.client('anna', { device: 'd1' });
  await watch(again, 'emil', 'fred', 'gina');
});

test('when presence dies, the users whom each connection watches are watched again, and nobody else', async () => {
  server = await localNode();
  const one = await server.client('anna', { device: 'd0' });
  const other = await server.client('anna', { device: 'd1' });
  await watch(one, 'ben');
  await watch(other, 'carol');
  const { runtime } = server.node;
  const presence = runtime.whereis('presence');
  if (presence === undefined) throw new Error('presence does not run');
  runtime.exit(presence, 'kill');
  await one.until(() => told(one).length === 2, 'presence again');
  await other.until(() => told(other).length === 2, 'presence again');
  await server.client('ben');
  await server.client('carol');
  await one.until(() => told(one).includes('ben true'), 'ben online');
  await other.until(() => told(other).includes('carol true'), 'carol online');
  expect(new Set([...told(one), ...told(other)])).toEqual(new Set(['ben false', 'ben true', 'carol false', 'carol true']));
  expect(told(one).some((text) => text.startsWith('carol'))).toBe(false);
});

/** Two runtimes that the mesh connects: the whole way of a signal, over real sockets. */
import { expect, test } from 'vitest';
import { createRealPlatform } from '../../../../../targets/reference/platform/real/real-platform.ts';
import { createRuntime, type ExitReason, genServer, type Runtime } from '../../../../../targets/reference/runtime/index.ts';
import { until } from '../../../../until.ts';
import { seenFrom } from '../../runtime/distribution/cluster.ts';
import { doer } from '../../runtime/rig.ts';
import { acquaint, node } from './nodes.ts';

const echo = genServer({
  name: 'echo',
  init: () => null,
  handleCall(request: unknown, from, state: null, context) {
    context.reply(from, { got: request, by: context.self });
    return state;
  },
});

async function connected(): Promise<{ a: Runtime; b: Runtime; nodes: Awaited<ReturnType<typeof node>>[] }> {
  const platform = createRealPlatform({ runawayMs: null });
  const nodes = [await node('a', 1, {}, false), await node('b', 1, {}, false)];
  const [a, b] = nodes.map(({ identity, mesh }) => createRuntime({ platform, ...identity, bus: mesh })) as [Runtime, Runtime];
  acquaint(...nodes);
  await until(() => a.nodes().length === 1 && b.nodes().length === 1);
  return { a, b, nodes };
}

test('a call and its answer cross, and the end of the process and of its node are reported', async () => {
  const { a, b, nodes } = await connected();
  const server = b.spawn(echo, null, { name: 'echo' });
  const outcomes: unknown[] = [];
  const reasons: ExitReason[] = [];
  for (let i = 0; i < 1000; i++)
    a.call({ name: 'echo', node: 'b' }, { i, bytes: Buffer.from([i]) }, 60_000, (each) => outcomes.push(each));
  await until(() => outcomes.length === 1000);
  expect(outcomes[999]).toEqual({
    type: 'reply',
    result: { got: { i: 999, bytes: Buffer.from([231]) }, by: seenFrom(a, server) },
  });
  a.monitor(seenFrom(a, server), (reason) => reasons.push(reason));
  await until(() => b.details(server)?.monitoredBy === 1);
  b.exit(server, 'boom');
  await until(() => reasons.length === 1);
  const other = b.spawn(doer, null);
  a.monitor(seenFrom(a, other), (reason) => reasons.push(reason));
  await until(() => b.details(other)?.monitoredBy === 1);
  await nodes[1]?.mesh.close();
  await until(() => reasons.length === 2);
  expect(reasons).toEqual(['boom', 'noconnection']);
  a.halt();
  b.halt();
});

test('a peer that knows the cookie but sends an invalid signal loses its connection, and may return', async () => {
  const platform = createRealPlatform({ runawayMs: null });
  const sane = await node('a', 1, {}, false);
  const mad = await node('b');
  const a = createRuntime({ platform, ...sane.identity, bus: sane.mesh });
  acquaint(sane, mad);
  await until(() => mad.log.length === 1 && a.nodes().length === 1);
  mad.mesh.send('a', Buffer.from([200, 1, 2, 3]));
  await until(() => mad.log.length === 3 && a.nodes().length === 1);
  expect(mad.log).toEqual(['up a.1', 'down a.1', 'up a.1']);
  expect(a.counters.malformedSignals).toBe(1);
  a.halt();
});

/** The kinds that strike nodes, on three nodes of the reference server: each took effect, is gone, and users of all nodes reach each other. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Deployed, deploy } from '../../../targets/reference/deployed.ts';
import { play, playOne, step } from './playing.ts';

let server: Deployed;
beforeAll(async () => {
  server = await deploy({}, 'commit', 3);
});
afterAll(() => server.stop());

const incarnations = (): readonly number[] => server.deployment.nodes.map(({ incarnation }) => incarnation);
const states = (): readonly string[] => server.deployment.nodes.map(({ state }) => state);

let conversations = 0;
/** Somebody new at one node writes to somebody new at another, and is read. */
async function converse(from: number, to: number): Promise<void> {
  conversations++;
  const [writer, reader] = [`writer${conversations}`, `reader${conversations}`];
  const reading = await server.client(reader, { at: to });
  const writing = await server.client(writer, { at: from });
  writing.send(1, reader, 'hello over there');
  await reading.until(() => reading.texts.length === 1, `a message from n${from + 1} to n${to + 1}`);
  await writing.until(() => writing.acks.length === 1, 'its ACK');
  await Promise.all([writing.bye(), reading.bye()]);
}

test('kill-node: two die at once, and both return to the third', async () => {
  const record = await playOne(server.deployment, step('kill-node', { count: 2 }, { forMs: 100 }));
  expect(record.evidence.filter((line) => line.includes('no longer exists'))).toHaveLength(2);
  expect(record.verified).toBe(true);
  expect(incarnations().toSorted()).toEqual([1, 2, 2]);
  await converse(0, 1);
  await converse(1, 2);
});

test('pause-node: one is stopped while the others serve, and then answers again', async () => {
  let meanwhile: Promise<void> | null = null;
  const { records } = await play(server.deployment, [step('pause-node', { target: 'n2' }, { forMs: 1_000 })], {
    onEvent: ({ what }) => {
      if (what === 'injected') meanwhile = converse(0, 2);
    },
  });
  expect(records[0]).toMatchObject({ verified: true, target: 'node n2' });
  await meanwhile;
  await converse(0, 1);
});

test('kill-process by role: on as many nodes as asked, each of which returns by itself', async () => {
  const record = await playOne(server.deployment, step('kill-process', { role: 'registry', count: 3 }));
  expect(record).toMatchObject({ verified: true });
  expect(record.evidence.filter((line) => line.includes('is back as'))).toHaveLength(3);
  await converse(2, 0);
});

test('kill-supervisor: of one node, by name', async () => {
  const record = await playOne(server.deployment, step('kill-supervisor', { target: 'n2' }));
  expect(record).toMatchObject({ verified: true, target: 'session supervisor of n2' });
  await converse(1, 2);
});

test('crash-loop: of one node, by name', async () => {
  const record = await playOne(server.deployment, step('crash-loop', { node: 'n3' }));
  expect(record).toMatchObject({ verified: true, target: 'process presence of n3' });
});

test('rolling-restart: every node becomes another process, and no two were down at once', async () => {
  const before = incarnations();
  const record = await playOne(server.deployment, step('rolling-restart'));
  expect(record.evidence.join()).toContain('at most 1 refused at once');
  expect(record).toMatchObject({ verified: true, target: 'nodes n1, n2, n3' });
  expect(incarnations()).toEqual(before.map((count) => count + 1));
  expect(states()).toEqual(['ready', 'ready', 'ready']);
  await converse(0, 2);
});

test('join-node: a fourth node serves, and reaches users of the others', async () => {
  const { records, entries } = await play(server.deployment, [step('join-node')]);
  expect(records[0]).toMatchObject({ verified: true, target: 'node n4' });
  expect(entries).toEqual(['+n4']);
  await converse(3, 0);
  await converse(1, 3);
});

test('node-never-returns: one stays dead, and the others serve', async () => {
  const { records, entries } = await play(server.deployment, [step('node-never-returns', { target: 'n1' })]);
  expect(records[0]).toMatchObject({ verified: true, target: 'node n1', healedAtUs: null });
  expect(entries).toEqual(['-n1']);
  await converse(1, 2);
  await converse(3, 1);
  expect(states()).toEqual(['dead', 'ready', 'ready', 'ready']);
});

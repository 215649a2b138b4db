import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FaultRecord } from '../../../../../../harness/run/faults/interpreter.ts';
import { nodeNeverReturns } from '../../../../../../harness/run/faults/kinds/node/node-never-returns.ts';
import { play, playOne, step } from '../../playing.ts';
import { SmallDeployment } from '../../small-deployment.ts';

let deployment: SmallDeployment;
beforeEach(async () => {
  deployment = await SmallDeployment.start(3);
});
afterEach(() => deployment.stop());

test('the nodes are killed, their ports refuse connections, users are sent to the others, and nobody starts them again', async () => {
  const { records, events, entries } = await play(deployment, [step('node-never-returns', { count: 2 })]);
  expect(records[0]).toMatchObject({ verified: true, healedAtUs: null });
  const dead = deployment.nodes.filter(({ state }) => state === 'dead').map(({ name }) => name);
  expect(dead).toHaveLength(2);
  expect(entries.toSorted()).toEqual(dead.map((name) => `-${name}`));
  expect(events.map(({ what }) => what)).toEqual(['injected']);
});

test('later faults leave it dead', async () => {
  const records: FaultRecord[] = [];
  for (const fault of [
    step('node-never-returns', { target: 'n2' }),
    step('kill-node', { target: 'n2' }, { forMs: 0 }),
    step('pause-node', { target: 'n2' }, { forMs: 0 }),
    step('rolling-restart'),
  ])
    records.push(await playOne(deployment, fault));
  expect(records.map(({ verified }) => verified)).toEqual([true, true, true, true]);
  expect(records[1]?.evidence[0]).toContain('no-op: node n2 is dead');
  expect(deployment.nodes.map(({ state, incarnation }) => [state, incarnation])).toEqual([
    ['ready', 2],
    ['dead', 1],
    ['ready', 2],
  ]);
});

test('the fault is not verified if the process survives', async () => {
  for (const node of deployment.nodes) node.kill = () => Promise.resolve();
  const record = await playOne(deployment, step('node-never-returns'));
  expect(record.verified).toBe(false);
  for (const node of deployment.nodes) Reflect.deleteProperty(node, 'kill');
});

test('at least one node must remain', () => {
  const check = (nodes: number, count: number) =>
    nodeNeverReturns.check?.({ target: 'random', count }, { users: 10, nodes, capabilities: new Set() });
  expect(check(3, 3)).toHaveLength(1);
  expect(check(1, 1)).toHaveLength(1);
  expect(check(3, 2)).toEqual([]);
});

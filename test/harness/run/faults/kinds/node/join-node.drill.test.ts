import { afterEach, beforeEach, expect, test } from 'vitest';
import { joinNode } from '../../../../../../harness/run/faults/kinds/node/join-node.ts';
import { play, playOne, step } from '../../playing.ts';
import { SmallDeployment } from '../../small-deployment.ts';

let deployment: SmallDeployment;
beforeEach(async () => {
  deployment = await SmallDeployment.start(2);
});
afterEach(() => deployment.stop());

test('an additional node answers, users are told of it, and it stays', async () => {
  const { records, events, entries } = await play(deployment, [step('join-node')]);
  expect(records[0]).toMatchObject({ verified: true, target: 'node n3', healedAtUs: null });
  expect(records[0]?.evidence[0]).toContain('a question to its port: answered');
  expect(entries).toEqual(['+n3']);
  expect(deployment.nodes.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
  expect(events.map(({ what }) => what)).toEqual(['injected']);
});

test('a node with a time limit leaves again, and users are told of that too', async () => {
  const { records, entries } = await play(deployment, [step('join-node', {}, { forMs: 50 })]);
  expect(records[0]).toMatchObject({ verified: true, healedAtUs: expect.any(Number) });
  // Where the machine was slow, it says at the end that it lasted longer than asked.
  expect(records[0]?.evidence.join()).toContain('ECONNREFUSED');
  expect(entries).toEqual(['+n3', '-n3']);
  expect(deployment.nodes.map(({ state }) => state)).toEqual(['ready', 'ready', 'dead']);
});

test('the fault is not verified if nothing answers where the node should be', async () => {
  const add = deployment.addNode.bind(deployment);
  deployment.addNode = async () => {
    const node = await add();
    await node?.kill();
    return node;
  };
  const record = await playOne(deployment, step('join-node'));
  expect(record.verified).toBe(false);
  expect(record.evidence[0]).toContain('DOES NOT RUN');
}, 40_000);

test('the fault is a no-op if there is no room for another node, and is refused for a node that is alone', async () => {
  deployment.addNode = async () => null;
  expect((await playOne(deployment, step('join-node'))).evidence).toEqual(['no-op: there is room for no more than 2 nodes']);
  expect(joinNode.check?.({}, { users: 1, nodes: 1, capabilities: new Set() }).map(({ key }) => key)).toEqual(['kind']);
});

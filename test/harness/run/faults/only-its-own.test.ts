import { afterEach, expect, test } from 'vitest';
import { identify } from '../../../../harness/run/arena/process-identity.ts';
import { processExists } from '../../../../harness/run/faults/kinds/node/node-probes.ts';
import { isStopped } from '../../../../targets/process-state.ts';
import { play, step } from './playing.ts';
import { SmallDeployment } from './small-deployment.ts';

const started: SmallDeployment[] = [];

async function deployed(nodes: number): Promise<SmallDeployment> {
  const deployment = await SmallDeployment.start(nodes);
  started.push(deployment);
  return deployment;
}

afterEach(async () => {
  for (const deployment of started.splice(0)) await deployment.stop();
});

/** What cannot be mistaken for another process: its id and when it started, and that it runs. */
async function portrait({ nodes }: SmallDeployment): Promise<unknown> {
  return Promise.all(
    nodes.map(async ({ osPid }) => ({
      ...identify(osPid ?? 0),
      running: processExists(osPid ?? 0) && !(await isStopped(osPid ?? 0)),
    })),
  );
}

test('faults strike the processes of their own run, and never others with the same program, names and command line', async () => {
  const [ours, theirs] = [await deployed(2), await deployed(2)];
  const before = await portrait(theirs);
  const { records } = await play(ours, [
    step('kill-node', { count: 2 }, { forMs: 50 }),
    step('pause-node', { target: 'n2' }, { atMs: 1_500, forMs: 50 }),
    step('rolling-restart', {}, { atMs: 3_000 }),
  ]);
  expect(records.filter(({ injectedAtUs }) => injectedAtUs !== null).length).toBeGreaterThanOrEqual(2);
  expect(await portrait(theirs)).toEqual(before);
  expect(theirs.nodes.map(({ incarnation }) => incarnation)).toEqual([1, 1]);
});

test('a process that took over the id of a dead node is left alone', async () => {
  const [ours, theirs] = [await deployed(1), await deployed(1)];
  const before = await portrait(theirs);
  await ours.node.kill();
  // As if the kernel had given the number away again: the deployment still says that its node is dead.
  Object.defineProperty(ours.node, 'osPid', { get: () => theirs.node.osPid });
  const { records } = await play(ours, [step('kill-node'), step('pause-node', { target: 'n1' })]);
  for (const { injectedAtUs, evidence } of records) {
    expect(injectedAtUs).toBeNull();
    expect(evidence.join()).toContain('no-op');
  }
  expect(await portrait(theirs)).toEqual(before);
});

test('a node or a user that does not belong to the run cannot be struck', async () => {
  const ours = await deployed(1);
  const before = await portrait(ours);
  const { records } = await play(ours, [step('kill-node', { target: 'n7' }), step('kill-process', { target: 'root' })]);
  for (const { injectedAtUs, verified, evidence } of records) {
    expect([injectedAtUs, verified]).toEqual([null, true]);
    expect(evidence.join()).toContain('no-op');
  }
  expect(await portrait(ours)).toEqual(before);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { kernelState } from '../../../../../../harness/run/faults/kinds/node/node-probes.ts';
import { calibrated } from '../../../../../../targets/calibrated/target.ts';
import { reference } from '../../../../../../targets/reference/target.ts';
import type { DeployedNode, Deployment, Target } from '../../../../../../targets/target.ts';
import { deploymentSpec } from '../../../../../targets/deployment-spec.ts';
import { play, playOne, step } from '../../playing.ts';
import { SmallDeployment } from '../../small-deployment.ts';

const opened: { readonly deployment: Deployment; readonly folder: string }[] = [];

async function start(target: Target): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
  const deployment = await target.start(deploymentSpec(folder));
  opened.push({ deployment, folder });
  return deployment;
}

async function small(nodes = 1): Promise<SmallDeployment> {
  const deployment = await SmallDeployment.start(nodes);
  opened.push({ deployment, folder: mkdtempSync(join(tmpdir(), 'letitcrash-test-')) });
  return deployment;
}

afterEach(async () => {
  for (const { deployment, folder } of opened.splice(0)) {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe.skipIf(process.platform !== 'linux')('pause-node', () => {
  test.each([reference, calibrated])('stops a node of $name for the time asked, and it answers again', async (target) => {
    const deployment = await start(target);
    const node = deployment.nodes[0] as DeployedNode;
    const { osPid, incarnation } = node;
    const states: (string | null)[] = [];
    const { records, journal } = await play(deployment, [step('pause-node', {}, { forMs: 300 })], {
      onEvent: ({ what }) => {
        if (what === 'injected') void kernelState(osPid as number).then((state) => states.push(state));
      },
    });
    const [record] = records;
    expect(record).toMatchObject({ verified: true, target: 'node n1', affected: 'everybody' });
    expect(record?.evidence.slice(0, 3)).toEqual([
      "asked for SIGSTOP of n1; the kernel's state of it is T, stopped",
      'a question to its port within 200 ms: silent',
      expect.stringMatching(/^SIGCONT for n1 after \d+ ms; the kernel's state of it is [RSD]; a question to its port: answered$/),
    ]);
    const stoppedMs = Number(/after (\d+) ms/.exec(record?.evidence[2] ?? '')?.[1]);
    expect(stoppedMs).toBeGreaterThanOrEqual(300);
    expect(journal).toEqual([
      { entry: { kind: 'paused', what: 'node n1', process: { pid: osPid, start: expect.any(String) } }, done: true },
    ]);
    expect(states).toEqual(['T']);
    expect([node.state, node.osPid, node.incarnation]).toEqual(['ready', osPid, incarnation]);
    expect(await node.introspect()).not.toBeNull();
  });

  test('is not verified if the node goes on although it claims to be paused', async () => {
    const deployment = await small();
    deployment.node.pause = async () => undefined;
    const record = await playOne(deployment, step('pause-node'));
    expect(record.verified).toBe(false);
    expect(record.evidence.join()).toContain('within 200 ms: answered');
  });

  test('is not verified when the node stays stopped after the undo', async () => {
    const deployment = await small();
    deployment.node.resume = async () => undefined;
    const record = await playOne(deployment, step('pause-node'));
    expect(record).toMatchObject({ verified: false, healedAtUs: null });
    expect(record.evidence.at(-1)).toContain('is T');
  }, 40_000);

  test('has nothing to undo if the node was ended meanwhile', async () => {
    const deployment = await small(2);
    const { records, journal } = await play(deployment, [step('pause-node', { target: 'n1' }, { forMs: 2_000 })], {
      onEvent: ({ what }) => {
        if (what === 'injected') void deployment.node.kill();
      },
    });
    expect(records[0]?.verified).toBe(true);
    expect(journal.map(({ done }) => done)).toEqual([true]);
    expect(records[0]?.evidence).toContain('n1 was ended by another fault while it was stopped');
  });

  test('stops several nodes at once, and resumes them at once if the run is interrupted', async () => {
    const deployment = await small(3);
    const stop = new AbortController();
    const { records } = await play(deployment, [step('pause-node', { count: 2 }, { forMs: 60_000 })], {
      signal: stop.signal,
      onEvent: ({ what }) => {
        expect(deployment.nodes.map(({ state }) => state).toSorted()).toEqual(
          what === 'injected' ? ['paused', 'paused', 'ready'] : ['ready', 'ready', 'ready'],
        );
        stop.abort();
      },
    });
    expect(records[0]?.verified).toBe(true);
  });
});

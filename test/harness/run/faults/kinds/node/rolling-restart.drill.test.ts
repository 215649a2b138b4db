import { afterEach, describe, expect, test } from 'vitest';
import type { FaultRecord } from '../../../../../../harness/run/faults/interpreter.ts';
import { CLOSE_CODE_BASE, ErrorCode } from '../../../../../../targets/protocol/frames.ts';
import { deploy } from '../../../../../targets/reference/deployed.ts';
import { play, playDuring, playOne, step } from '../../playing.ts';
import { SmallDeployment } from '../../small-deployment.ts';

let stop: (() => Promise<void>) | null = null;
afterEach(async () => stop?.());

async function small(): Promise<SmallDeployment> {
  const deployment = await SmallDeployment.start(3);
  stop = () => deployment.stop();
  return deployment;
}

describe('rolling-restart', () => {
  test('tells the clients of the reference server first, and the node returns as another process', async () => {
    const server = await deploy();
    stop = () => server.stop();
    const { osPid } = server.node;
    const anna = await server.client('anna');
    const { records, events } = await play(server.deployment, [step('rolling-restart')]);
    const [record] = records;
    expect(record).toMatchObject({ verified: true, target: 'node n1', affected: 'everybody', healedAtUs: expect.any(Number) });
    expect(await anna.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.draining);
    expect(server.node).toMatchObject({ incarnation: 2, state: 'ready' });
    expect(server.node.osPid).not.toBe(osPid);
    expect(events.map(({ what }) => what)).toEqual(['injected', 'healed']);
    const again = await server.client('anna');
    await again.bye();
  });

  test('renews every node, and never has two down at once', async () => {
    const deployment = await small();
    const before = deployment.nodes.map(({ osPid }) => osPid);
    const down: number[] = [];
    const watch = setInterval(() => down.push(deployment.nodes.filter(({ state }) => state !== 'ready').length), 1);
    const record = await playOne(deployment, step('rolling-restart', { pause: '20ms' }));
    clearInterval(watch);
    expect(record.verified).toBe(true);
    expect(record.evidence[0]).toContain('asked 3 nodes to leave');
    expect(record.evidence[1]).toMatch(/^in \d+ probes of all ports, at most 1 refused at once$/);
    expect(Math.max(...down)).toBe(1);
    expect(deployment.nodes.map(({ incarnation, state }) => [incarnation, state])).toEqual(Array(3).fill([2, 'ready']));
    for (const [index, { osPid }] of deployment.nodes.entries()) expect(osPid).not.toBe(before[index]);
  });

  test('is not verified if nodes are called ready too early, and so are down together', async () => {
    const deployment = await small();
    const [first, second] = deployment.nodes;
    // They claim to be back, as another process, and are not.
    for (const node of [first, second])
      if (node !== undefined)
        node.restart = async () => {
          node.incarnation += 1;
          node.state = 'ready';
          Object.defineProperty(node, 'osPid', { value: process.pid });
        };
    const { records, events } = await play(deployment, [step('rolling-restart', { pause: '200ms' })]);
    expect(events[0]?.what).toBe('failed');
    expect(records[0]?.evidence.join()).toMatch(/at most [23] refused at once/);
  }, 40_000);

  test('leaves alone a node that another fault has taken down, and says so', async () => {
    const deployment = await small();
    const records = await playDuring(deployment, step('kill-node', { target: 'n3' }), [step('rolling-restart')]);
    expect(records.map(({ verified }) => verified)).toEqual([true, true]);
    expect(deployment.nodes.map(({ incarnation, state }) => [incarnation, state])).toEqual(Array(3).fill([2, 'ready']));
    expect(records[1]?.target).toBe('nodes n1, n2');
  });

  test('has its node to itself while that node leaves', async () => {
    const deployment = await small();
    const { node } = deployment;
    const leave = node.leave.bind(node);
    const kills: FaultRecord[] = [];
    node.leave = async () => {
      const left = leave();
      kills.push(await playOne(deployment, step('node-never-returns', { target: 'n1' })));
      await left;
    };
    const record = await playOne(deployment, step('rolling-restart'));
    expect(record.verified).toBe(true);
    // It may have left by the time that the other fault looks.
    expect(kills.map(({ evidence }) => evidence)).toEqual([[expect.stringMatching(/^no-op: node n1 is (leaving|dead)$/)]]);
    expect(deployment.nodes.map(({ incarnation }) => incarnation)).toEqual([2, 2, 2]);
  });

  test('is a no-op if no node is up, and stops when interrupted', async () => {
    const deployment = await small();
    const interrupted = new AbortController();
    const [first] = deployment.nodes;
    const restart = first?.restart.bind(first);
    if (first !== undefined)
      first.restart = async () => {
        interrupted.abort();
        await restart?.();
      };
    const { records } = await play(deployment, [step('rolling-restart')], { signal: interrupted.signal });
    expect(records[0]?.verified).toBe(true);
    expect(records[0]?.evidence[0]).toContain('asked 1 node to leave in turn and started them again until the run was ended');
    expect(deployment.nodes.map(({ incarnation }) => incarnation)).toEqual([2, 1, 1]);
    await deployment.stop();
    expect((await playOne(deployment, step('rolling-restart'))).evidence).toEqual(['no-op: no node is up']);
  });
});

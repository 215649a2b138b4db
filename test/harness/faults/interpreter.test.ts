import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetful } from '../../../harness/arena/journal.ts';
import type { FaultContext } from '../../../harness/faults/fault.ts';
import { type FaultEvent, playSchedule } from '../../../harness/faults/interpreter.ts';
import { monotonicUs } from '../../../harness/measure/clock.ts';
import type { FaultPlan } from '../../../harness/scenario/plan.ts';
import { SmallDeployment } from './small-deployment.ts';

const USERS = 100;
let deployment: SmallDeployment;
let events: FaultEvent[];

beforeEach(async () => {
  deployment = new SmallDeployment();
  await deployment.node.restart();
  for (let user = 0; user < USERS; user += 2) deployment.processes.set(`u${user}`, 1);
  events = [];
});
afterEach(() => deployment.stop());

function contextOf(plan: FaultPlan): FaultContext {
  let state = plan.id.length + 1;
  return {
    deployment,
    users: USERS,
    userName: (user) => `u${user}`,
    random: () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    },
    nowUs: monotonicUs,
    signal: new AbortController().signal,
    entryNodes: null,
    journal: forgetful,
    network: null,
  };
}

async function play(faults: readonly FaultPlan[], signal = new AbortController().signal) {
  const schedule = playSchedule({ faults, startsInMs: 0, contextOf, signal, onEvent: (event) => events.push(event) });
  await schedule.done;
  return schedule.records;
}

const kill = (settings: Record<string, unknown>, atMs = 0): FaultPlan => ({
  id: `k${atMs}`,
  atMs,
  kind: 'kill-process',
  forMs: null,
  settings,
});
const killNode = (forMs: number, atMs = 0): FaultPlan => ({ id: `n${atMs}`, atMs, kind: 'kill-node', forMs, settings: {} });

describe('kill-process', () => {
  it('kills as many live processes as it was asked to, and proves it by their new pids', async () => {
    const [record] = await play([kill({ count: 20 })]);
    expect(record).toMatchObject({ verified: true });
    expect(record?.affected).toHaveLength(20);
    expect([...deployment.processes.values()].filter((incarnation) => incarnation === 2)).toHaveLength(20);
  });

  it('is not verified when the server says yes and does nothing', async () => {
    deployment.lies = true;
    const [record] = await play([kill({ count: 5 })]);
    expect(record).toMatchObject({ verified: false });
    expect(record?.evidence.join()).toContain('0 of 5 are gone');
  });

  it('is not verified when fewer processes were alive than it should kill', async () => {
    const [record] = await play([kill({ count: 60 })]);
    expect(record).toMatchObject({ verified: false });
    expect(record?.evidence.join()).toContain('50 were alive');
  });

  it('chooses the same victims for the same seed', async () => {
    const [first] = await play([kill({ count: 7 })]);
    const [second] = await play([kill({ count: 7 })]);
    expect(second?.affected).toEqual(first?.affected);
  });
});

describe('kill-node', () => {
  it('ends the OS process, keeps the node down for the time asked, and starts it again on its port', async () => {
    const { port } = deployment.node.endpoint;
    const [record] = await play([killNode(150)]);
    expect(record).toMatchObject({
      verified: true,
      affected: 'everybody',
      evidence: [expect.any(String), expect.any(String), expect.any(String)],
    });
    expect((record?.healedAtUs ?? 0) - (record?.injectedAtUs ?? 0)).toBeGreaterThanOrEqual(150_000);
    expect(deployment.node).toMatchObject({ incarnation: 2, state: 'ready', endpoint: { port } });
    expect(events.map(({ what }) => what)).toEqual(['injected', 'healed']);
  });

  it('is not verified when the process survives, though the node claims to have been renewed', async () => {
    const { node } = deployment;
    node.kill = () => Promise.resolve();
    node.restart = () => {
      node.incarnation += 1;
      return Promise.resolve();
    };
    const [record] = await play([killNode(0)]);
    expect(record).toMatchObject({ verified: false });
    expect(record?.evidence.join()).toContain('STILL EXISTS');
    Reflect.deleteProperty(node, 'kill');
  });

  it('is not verified when the node does not come back, though it was killed', async () => {
    deployment.node.restart = () => Promise.resolve();
    const [record] = await play([killNode(0)]);
    expect(record).toMatchObject({ verified: false, healedAtUs: null });
    expect(record?.evidence.join()).toContain('no longer exists');
    expect(events.map(({ what }) => what)).toEqual(['injected', 'failed']);
  });
});

describe('the interpreter', () => {
  it('records a step that cannot apply any more as a no-op', async () => {
    const records = await play([killNode(400), killNode(0, 150)]);
    expect(records.map(({ verified }) => verified)).toEqual([true, true]);
    expect(records[1]).toMatchObject({ injectedAtUs: null });
    expect(records[1]?.evidence[0]).toContain('no-op');
  });

  it('undoes at once what it injected when the run is interrupted, and skips the rest', async () => {
    const stop = new AbortController();
    const schedule = playSchedule({
      faults: [killNode(60_000), kill({}, 60_000)],
      startsInMs: 0,
      contextOf,
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event);
        stop.abort();
      },
    });
    await schedule.done;
    expect(events.map(({ what, record }) => `${record.plan.kind} ${what}`).sort()).toEqual([
      'kill-node healed',
      'kill-node injected',
      'kill-process skipped',
    ]);
    expect(deployment.node.state).toBe('ready');
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../../harness/scenario/plan.ts';
import { play, playDuring, step, USERS } from './playing.ts';
import { SmallDeployment } from './small-deployment.ts';

let deployment: SmallDeployment;

beforeEach(async () => {
  deployment = await SmallDeployment.start();
  for (let user = 0; user < USERS; user += 2) deployment.processes.set(`u${user}`, 1);
});
afterEach(() => deployment.stop());

const kill = (settings: Record<string, unknown>, atMs = 0): FaultPlan => step('kill-process', settings, { atMs });
const killNode = (forMs: number, atMs = 0): FaultPlan => step('kill-node', {}, { atMs, forMs });

describe('the interpreter', () => {
  it('records a step that cannot apply any more as a no-op', async () => {
    const records = await playDuring(deployment, killNode(0), [killNode(0)]);
    expect(records.map(({ verified }) => verified)).toEqual([true, true]);
    expect(records[1]).toMatchObject({ injectedAtUs: null });
    expect(records[1]?.evidence[0]).toContain('no-op');
  });

  it('undoes at once what it injected when the run is interrupted, and skips the rest', async () => {
    const stop = new AbortController();
    const faults = [killNode(60_000), kill({}, 60_000)];
    const { events } = await play(deployment, faults, { signal: stop.signal, onEvent: () => stop.abort() });
    expect(events.map(({ what, record }) => `${record.plan.kind} ${what}`).sort()).toEqual([
      'kill-node healed',
      'kill-node injected',
      'kill-process skipped',
    ]);
    expect(deployment.node.state).toBe('ready');
  });
});

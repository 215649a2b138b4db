import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultEvent } from '../../../harness/faults/interpreter.ts';
import type { FaultPlan } from '../../../harness/scenario/plan.ts';
import { play as playOn, step, USERS } from './playing.ts';
import { SmallDeployment } from './small-deployment.ts';

let deployment: SmallDeployment;
let events: readonly FaultEvent[];

beforeEach(async () => {
  deployment = await SmallDeployment.start();
  for (let user = 0; user < USERS; user += 2) deployment.processes.set(`u${user}`, 1);
});
afterEach(() => deployment.stop());

async function play(faults: readonly FaultPlan[]) {
  const played = await playOn(deployment, faults);
  events = played.events;
  return played.records;
}

const kill = (settings: Record<string, unknown>, atMs = 0): FaultPlan => step('kill-process', settings, { atMs });
const killNode = (forMs: number, atMs = 0): FaultPlan => step('kill-node', {}, { atMs, forMs });

describe('the interpreter', () => {
  it('records a step that cannot apply any more as a no-op', async () => {
    const records = await play([killNode(400), killNode(0, 150)]);
    expect(records.map(({ verified }) => verified)).toEqual([true, true]);
    expect(records[1]).toMatchObject({ injectedAtUs: null });
    expect(records[1]?.evidence[0]).toContain('no-op');
  });

  it('undoes at once what it injected when the run is interrupted, and skips the rest', async () => {
    const stop = new AbortController();
    const faults = [killNode(60_000), kill({}, 60_000)];
    ({ events } = await playOn(deployment, faults, { signal: stop.signal, onEvent: () => stop.abort() }));
    expect(events.map(({ what, record }) => `${record.plan.kind} ${what}`).sort()).toEqual([
      'kill-node healed',
      'kill-node injected',
      'kill-process skipped',
    ]);
    expect(deployment.node.state).toBe('ready');
  });
});

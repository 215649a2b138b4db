import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../../../harness/plan/scenario/plan.ts';
import { lastedText } from '../../../../harness/run/faults/interpreter.ts';
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
  it('records a step that can no longer apply as a no-op', async () => {
    const records = await playDuring(deployment, killNode(0), [killNode(0)]);
    expect(records.map(({ verified }) => verified)).toEqual([true, true]);
    expect(records[1]).toMatchObject({ injectedAtUs: null });
    expect(records[1]?.evidence[0]).toContain('no-op');
  });

  it('undoes at once what it injected when the run is interrupted, and skips the rest', async () => {
    const stop = new AbortController();
    const faults = [killNode(60_000), kill({}, 60_000)];
    const { events, records } = await play(deployment, faults, { signal: stop.signal, onEvent: () => stop.abort() });
    expect(events.map(({ what, record }) => `${record.plan.kind} ${what}`).sort()).toEqual([
      'kill-node healed',
      'kill-node injected',
      'kill-process skipped',
    ]);
    expect(deployment.node.state).toBe('ready');
    expect(records[0]?.evidence.at(-1)).toMatch(/^asked to last 60\.0 s, it lasted .*: the run was ended early$/);
  });
});

describe('a fault that lasted longer than its `for`', () => {
  const at = (injected: number, undone: number, healed: number | null) => ({
    injectedAtUs: injected * 1000,
    undoneFromUs: undone * 1000,
    healedAtUs: healed === null ? null : healed * 1000,
  });

  it.each([
    [500, at(1_000, 1_503, 2_000), 'asked to last 500 ms, it lasted 1.00 s: undoing it began after 503 ms and took 497 ms'],
    [
      500,
      at(1_000, 2_000, 2_001),
      'asked to last 500 ms, it lasted 1.00 s: undoing it began after 1.00 s, since the probe took so long, and took 1.00 ms',
    ],
    [50_000, at(1_000, 4_200, 4_250), 'asked to last 50.0 s, it lasted 3.25 s: the run was ended early'],
    [500, at(1_000, 1_500, 1_540), null],
    [null, at(1_000, 1_500, 9_000), null],
    [500, at(1_000, 1_500, null), null],
  ])('(%s ms) is reported with the times and the reason; one that kept to it is not', (forMs, times, text) => {
    expect(lastedText(forMs, times)).toBe(text);
  });
});

/** What a result says of a fault that found nothing to strike, beside one that struck and one that failed. */
import { expect, test } from 'vitest';
import { type FaultRecord, playSchedule } from '../../../../harness/run/faults/interpreter.ts';
import { emptyHistory, exchange, observe } from '../../evidence/ledger/history.ts';
import { GOOD, planned } from '../../plan/scenario/planning.ts';
import { LOAD_MS, playedResult } from './played-result.ts';

const plan = planned(
  `${GOOD}faults:\n  - { at: 2s, kind: kill-node, target: n1, for: 5s }\n  - { at: 3s, kind: kill-node, target: n1, for: 1s }\n`,
);

/** As the interpreter records the plan's faults: injected at that time, or never. */
function record(index: number, injectedAtUs: number | null, verified: boolean): FaultRecord {
  const fault = plan.faults[index];
  if (fault === undefined) throw new Error(`the plan has no fault ${index}`);
  const evidence = [injectedAtUs === null ? 'no-op: n1 is dead' : 'its process is gone'];
  return {
    plan: fault,
    target: 'n1',
    affected: [],
    injectedAtUs,
    struckAtUs: injectedAtUs,
    healedAtUs: null,
    verified,
    evidence,
  };
}

/** Of a run that ended before it, as the interpreter records it. */
async function unreached(index: number): Promise<FaultRecord> {
  const contextOf = (): never => {
    throw new Error('no fault is due');
  };
  const faults = plan.faults.slice(index, index + 1);
  const playing = playSchedule({ faults, startsInMs: 0, contextOf, signal: AbortSignal.abort(), onEvent: () => undefined });
  await playing.done;
  return playing.records[0] as FaultRecord;
}

function resultOf(faults: readonly FaultRecord[], ended: Partial<Parameters<typeof playedResult>[0]> = {}) {
  const history = emptyHistory(2);
  for (let atUs = 0; atUs < LOAD_MS * 1000; atUs += 100_000) exchange(history, 0, 1, atUs);
  return playedResult({ plan, observations: observe(history), faults: [...faults], ...ended });
}

test('a fault that struck nothing is neither verified nor a reason to distrust the run, if another one struck', () => {
  const result = resultOf([record(0, 2_000_000, true), record(1, null, true)]);
  expect(result.faults).toMatchObject([
    { struck: true, verified: true },
    { struck: false, verified: false },
  ]);
  expect(result.verdict).not.toBe('invalid');
  expect(result.reasons.join()).not.toContain('nothing to strike');
});

test('a fault that struck nothing proves nothing alone; if an injection failed, it is unknown whether it struck', () => {
  const idle = resultOf([record(0, null, true)]);
  expect(idle).toMatchObject({
    verdict: 'unknown',
    reasons: [expect.stringContaining('found nothing to strike (no-op: n1 is dead)')],
  });
  const failed = resultOf([record(0, null, false)]);
  expect(failed).toMatchObject({ verdict: 'invalid', faults: [{ struck: null, verified: false }] });
});

test('one that the run ended before is named among the reasons, beside who or what ended it', async () => {
  const interrupted = { by: 'SIGINT', phase: 'load', atMs: 1_000, plannedMs: LOAD_MS } as const;
  const none = resultOf([await unreached(0), await unreached(1)], { interrupted });
  expect(none).toMatchObject({
    verdict: 'unknown',
    reasons: [
      expect.stringContaining('interrupted by SIGINT'),
      expect.stringMatching(/^the run ended before all 2 faults, the first being \S+, due after 2\.00 s$/u),
    ],
  });
  expect(none.reasons.join()).not.toContain('nothing to strike');
  const second = resultOf([record(0, 500_000, true), await unreached(1)], { interrupted });
  expect(second.reasons[1]).toMatch(/^the run ended before 1 of 2 faults, the first being \S+, due after 3\.00 s$/u);
  const only = resultOf([await unreached(0)], { interrupted });
  expect(only.reasons[1]).toMatch(/^the run ended before the fault \S+, which was due after 2\.00 s$/u);
  const [condition] = planned(`${GOOD}abort: error.rate > 50% for 1s\n`).abort;
  const aborted = condition === undefined ? null : { condition, atMs: 1_000, actual: 0.8 };
  expect(resultOf([await unreached(0)], { aborted }).reasons).toContainEqual(
    expect.stringContaining('the run ended before the fault'),
  );
  expect(resultOf([record(0, 500_000, true)], { interrupted }).reasons).toHaveLength(1);
});

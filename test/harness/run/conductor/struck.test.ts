/** What a result says of a fault that found nothing to strike, beside one that struck and one that failed. */
import { expect, test } from 'vitest';
import type { FaultRecord } from '../../../../harness/run/faults/interpreter.ts';
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

function resultOf(faults: readonly FaultRecord[]) {
  const history = emptyHistory(2);
  for (let atUs = 0; atUs < LOAD_MS * 1000; atUs += 100_000) exchange(history, 0, 1, atUs);
  return playedResult({ plan, observations: observe(history), faults: [...faults] });
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

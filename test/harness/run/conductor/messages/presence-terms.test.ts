import { expect, test } from 'vitest';
import { presenceTerms } from '../../../../../harness/run/conductor/messages/presence-terms.ts';
import type { FaultRecord } from '../../../../../harness/run/faults/interpreter.ts';
import { planned } from '../../../plan/scenario/planning.ts';

const MS = 1_000;
const plan = planned(
  '{"name": "p", "users": 10, "load": {"rate": "1/s", "duration": "30s", "watch": 1}, "limits": {"presence": "2s"}}',
);

function fault(kind: string, rest: Partial<FaultRecord> = {}): FaultRecord {
  return {
    plan: { id: `${kind}-1`, atMs: 5_000, kind, forMs: 3_000, settings: {} },
    target: '',
    affected: [],
    injectedAtUs: 5_000 * MS,
    struckAtUs: 5_100 * MS,
    healedAtUs: 8_000 * MS,
    verified: true,
    evidence: [],
    ...rest,
  };
}

function unrest(...faults: readonly FaultRecord[]): readonly (readonly [number, number])[] {
  const terms = presenceTerms({ plan, faults, lingerMs: 1_000, lagUs: 0, endUs: 40_000 * MS });
  return terms.unrest.map(({ fromUs, untilUs }) => [fromUs / MS, untilUs / MS] as const);
}

test('the bound is that of the scenario plus the lag of the generator, and infinite if nobody says how long the server lingers', () => {
  const about = { plan, faults: [], lagUs: 70_000, endUs: 9 };
  expect(presenceTerms({ ...about, lingerMs: 500 })).toMatchObject({ boundUs: 2_070_000, lingerUs: 500_000, endUs: 9 });
  expect(presenceTerms({ ...about, lingerMs: null }).lingerUs).toBe(Number.POSITIVE_INFINITY);
});

test('a fault lasts until it is undone, and longer if connections may be dead without anybody knowing', () => {
  expect(unrest(fault('slow-disk'))).toEqual([[5_000, 8_000]]);
  expect(unrest(fault('pause-node'))).toEqual([[5_000, 14_000]]);
  expect(unrest(fault('partition'))).toEqual([[5_000, 14_000]]);
  expect(unrest(fault('kill-process', { healedAtUs: null }))).toEqual([[5_000, 5_100]]);
});

test('a killed node is certainly dead: only the moments in which it dies and returns are uncertain', () => {
  expect(unrest(fault('kill-node'))).toEqual([
    [5_000, 5_100],
    [8_000, 8_000],
  ]);
});

test('faults that the load logs itself and faults that were never injected leave no doubt; a fault that was not undone may go on', () => {
  expect(unrest(fault('reset-connections'), fault('slow-consumer'), fault('half-open'), fault('reconnect-storm'))).toEqual([]);
  expect(unrest(fault('kill-node', { injectedAtUs: null }))).toEqual([]);
  expect(unrest(fault('slow-disk', { verified: false, healedAtUs: null }))).toEqual([[5_000, 40_000]]);
});

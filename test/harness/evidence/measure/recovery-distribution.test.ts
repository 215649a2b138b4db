import { describe, expect, test } from 'vitest';
import type { RecoveryClocks } from '../../../../harness/evidence/measure/recovery.ts';
import { recoveryDistributions } from '../../../../harness/evidence/measure/recovery-distribution.ts';
import type { FaultPlan } from '../../../../harness/plan/scenario/plan.ts';
import { occurrences, repeatedSteps } from '../../../../harness/plan/scenario/repeats.ts';

const STEP: FaultPlan = { id: 'kill-node-2', atMs: 1000, kind: 'kill-node', forMs: null, settings: {} };
const ONCE: FaultPlan = { ...STEP, id: 'kill-node-1' };

function clocks(fault: string, sloMs: number | null, more: Partial<RecoveryClocks> = {}): RecoveryClocks {
  return {
    fault,
    detectedMs: 1,
    firstSuccessMs: 2,
    reconnected99Ms: 3,
    sloMs,
    drainedMs: 4,
    longestGapMs: 5,
    excessLatencyMs: 6,
    fromHeal: null,
    watchedMs: 10_000,
    overlaps: null,
    censored: sloMs === null,
    noticed: true,
    ...more,
  };
}

const twenty = occurrences(STEP, 20, 500);
const over = (rows: readonly RecoveryClocks[], faults: readonly FaultPlan[] = [ONCE, ...twenty]) =>
  recoveryDistributions(rows, repeatedSteps(faults));

describe('a repeated step', () => {
  test('becomes several faults, each with an id of its own and with the same settings', () => {
    expect(twenty.map(({ id, atMs }) => [id, atMs])).toEqual(
      Array.from({ length: 20 }, (_, k) => [`kill-node-2.${k + 1}`, 1000 + 500 * k]),
    );
    expect(twenty[7]).toEqual({ ...STEP, id: 'kill-node-2.8', atMs: 4500 });
  });

  test('has its distribution over its own occurrences, and a step played once has none', () => {
    const rows = [clocks('kill-node-1', 9_999), ...twenty.map(({ id }, k) => clocks(id, 100 * (k + 1)))];
    expect(over(rows)).toEqual([
      expect.objectContaining({
        fault: 'kill-node-2',
        kind: 'kill-node',
        repeats: 20,
        occurrences: twenty.map(({ id }) => id),
        overlapping: 0,
        fromHeal: null,
      }),
    ]);
    // Of twenty the tenth is the median and the nineteenth the 95th percentile, which twenty cannot bound from above.
    expect(over(rows)[0]?.clocks.sloMs).toEqual({ median: 1000, p95: 1900, low: 1700, high: null, max: 2000, censored: 0 });
  });

  test('counts a clock that never stopped as longer than it was watched, and reaches no quantile beyond that', () => {
    const rows = twenty.map(({ id }, k) => clocks(id, k < 18 ? 100 * (k + 1) : null));
    expect(over(rows)[0]?.clocks.sloMs).toMatchObject({ median: 1000, p95: null, max: 1800, censored: 2 });
    const none = over(twenty.map(({ id }) => clocks(id, null)))[0]?.clocks;
    expect(none?.sloMs).toEqual({ median: null, p95: null, low: null, high: null, max: null, censored: 20 });
    expect(none?.reconnected99Ms).toMatchObject({ median: 3, p95: 3, censored: 0 });
  });

  test('watches the level, which a second must confirm, until a second before the end', () => {
    // Nine were back after 600 ms; the tenth was watched for 1,500 ms, of which a level could be confirmed in the first 500 only.
    const ten = twenty.slice(0, 10);
    const rows = ten.map(({ id }, k) => (k < 9 ? clocks(id, 600) : clocks(id, null, { watchedMs: 1_500, drainedMs: null })));
    const [step] = over(rows);
    expect(step?.clocks.sloMs).toMatchObject({ median: 600, p95: 600, censored: 1 });
    const drained = over(rows.map((row, k) => ({ ...row, drainedMs: k < 9 ? 600 : null })))[0]?.clocks.drainedMs;
    expect(drained).toMatchObject({ median: 600, p95: null, censored: 1 });
  });

  test('learns something from an occurrence whose watching ended early, without taking it for recovered', () => {
    // Nine recovered in 100 ms; the tenth was watched for 50 ms only, which says nothing about 100 ms.
    const ten = twenty.slice(0, 10);
    const rows = ten.map(({ id }, k) => (k < 9 ? clocks(id, 100) : clocks(id, null, { watchedMs: 50 })));
    expect(over(rows)[0]?.clocks.sloMs).toMatchObject({ median: 100, p95: 100, censored: 1 });
  });

  test('counts from the heal those occurrences that were undone', () => {
    const fromHeal = { firstSuccessMs: 1, reconnected99Ms: 2, sloMs: null, drainedMs: 4, watchedMs: 500 };
    const rows = twenty.map(({ id }, k) => clocks(id, 100, k < 5 ? { fromHeal } : {}));
    expect(over(rows)[0]?.fromHeal).toMatchObject({
      reconnected99Ms: { median: 2, p95: 2, censored: 0 },
      sloMs: { median: null, censored: 5 },
    });
  });

  test('says how many of its occurrences overlap another fault, and counts them', () => {
    const rows = twenty.map(({ id }, k) => clocks(id, 100, { overlaps: k % 2 === 0 ? null : 'kill-node-1' }));
    expect(over(rows)[0]).toMatchObject({ repeats: 20, overlapping: 10 });
  });

  test('that was never injected has no row', () => {
    expect(over([clocks('kill-node-1', 1)])).toEqual([]);
    expect(over([clocks(twenty[3]?.id as string, 70)])[0]).toMatchObject({ repeats: 1, occurrences: ['kill-node-2.4'] });
  });
});

test('a repeat that nobody noticed is counted apart, and is not a recovery in 0 ms', () => {
  const nothing = { detectedMs: null, firstSuccessMs: null, reconnected99Ms: null, drainedMs: null, censored: false };
  const rows = twenty.map(({ id }, index) => clocks(id, index < 5 ? null : 800, index < 5 ? { ...nothing, noticed: false } : {}));
  const [step] = over(rows);
  expect(step).toMatchObject({ repeats: 20, unnoticed: 5, clocks: { sloMs: { median: 800, censored: 0 } } });
  const [silent] = over(twenty.map(({ id }) => clocks(id, null, { ...nothing, noticed: false })));
  expect(silent).toMatchObject({ repeats: 20, unnoticed: 20, clocks: { sloMs: { median: null, max: null, censored: 0 } } });
});

test('without a level of service, the clock that reads it is unknown, and the other clocks are reported', () => {
  const rows = twenty.map(({ id }) => clocks(id, null, { censored: false }));
  const [step] = recoveryDistributions(rows, repeatedSteps(twenty), false);
  expect(step?.clocks).toMatchObject({ sloMs: { median: null, censored: 0 }, reconnected99Ms: { median: 3 } });
});

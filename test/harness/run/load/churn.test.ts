import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { Churn } from '../../../../harness/run/load/churn.ts';

interface Event {
  readonly atUs: number;
  readonly change: 1 | -1;
}

/** How many are away at the end of each second of a minute. */
function awayCounts(
  load: { churnPerSecond: number; awayMs: number; offlineShare: number },
  users: number,
  seed: number,
): number[] {
  const churn = new Churn(load, users, new Random(seed, 'churn', 0));
  const events: Event[] = [];
  let away = 0;
  for (const { backUs } of churn.initial()) {
    away++;
    if (backUs !== Number.POSITIVE_INFINITY) events.push({ atUs: backUs, change: -1 });
  }
  for (let at = churn.nextLeaveUs(); at < 60e6; at = churn.nextLeaveUs()) {
    events.push({ atUs: at, change: 1 }, { atUs: at + churn.awayUs(), change: -1 });
  }
  events.sort((a, b) => a.atUs - b.atUs);
  const counts: number[] = [];
  for (const event of events) {
    while (counts.length < Math.floor(event.atUs / 1e6) && counts.length < 60) counts.push(away);
    away += event.change;
  }
  while (counts.length < 60) counts.push(away);
  return counts;
}

test('at any time the share of users away is the larger of offlineShare and what churn causes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0.01, 0.02, 0.05),
      fc.integer({ min: 500, max: 5_000 }),
      fc.constantFrom(0, 0.1, 0.5),
      fc.nat(),
      (churnPerSecond, awayMs, offlineShare, seed) => {
        const expected = Math.max(offlineShare, (churnPerSecond * awayMs) / 1e3) * 2_000;
        for (const count of awayCounts({ churnPerSecond, awayMs, offlineShare }, 2_000, seed)) {
          expect(Math.abs(count - expected)).toBeLessThanOrEqual(10 + expected * 0.12);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('users leave at the rate asked, and stay away for awayMs on average', () => {
  const churn = new Churn({ churnPerSecond: 0.02, awayMs: 3_000, offlineShare: 0 }, 1_000, new Random(1, 'churn', 0));
  let leaves = 0;
  while (churn.nextLeaveUs() < 10e6) leaves++;
  expect(leaves).toBeCloseTo(200, -1);
  const away = Array.from({ length: 5_000 }, () => churn.awayUs());
  expect(away.reduce((sum, us) => sum + us, 0) / 5_000).toBeCloseTo(3e6, -5.2);
});

test('the users who are away at the start differ with the seed', () => {
  const load = { churnPerSecond: 0.05, awayMs: 2_000, offlineShare: 0.4 };
  const initial = (seed: number): number[] =>
    new Churn(load, 500, new Random(seed, 'churn', 0)).initial().map(({ user }) => user);
  expect(new Set(initial(1)).size).toBe(200);
  expect(initial(1)).toEqual(initial(1));
  expect(initial(1)).not.toEqual(initial(2));
  for (const user of initial(1)) expect(user >= 0 && user < 500).toBe(true);
});

test('without churn nobody leaves', () => {
  const churn = new Churn({ churnPerSecond: 0, awayMs: 1_000, offlineShare: 0 }, 10, new Random(1, 'churn', 0));
  expect(churn.initial()).toEqual([]);
  expect(churn.nextLeaveUs()).toBe(Number.POSITIVE_INFINITY);
});

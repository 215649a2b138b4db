import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failsOften, repeatsFor, reproductionOf } from '../../../../harness/studies/explore/reproduce.ts';

/** Attempts that go as listed, and hold from then on. */
function scripted(outcomes: readonly (boolean | null)[]): { readonly attempt: () => Promise<boolean | null>; asked: number } {
  const script = {
    asked: 0,
    attempt: async () => {
      const outcome = script.asked < outcomes.length ? (outcomes[script.asked] as boolean | null) : false;
      script.asked += 1;
      return outcome;
    },
  };
  return script;
}

describe('a candidate', () => {
  test('is kept exactly when k of n runs fail, in whatever order, and is repeated only while that is undecided', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        async (outcomes, share) => {
          const repeats = repeatsFor(share);
          const script = scripted(outcomes);
          const kept = await failsOften(repeats, script.attempt);
          const failed = outcomes.slice(0, repeats.runs).filter(Boolean).length;
          expect(kept).toBe(failed >= repeats.failures);
          const seen = outcomes.slice(0, script.asked);
          const settled = (some: readonly boolean[]): boolean =>
            some.filter(Boolean).length >= repeats.failures ||
            some.filter((outcome) => !outcome).length > repeats.runs - repeats.failures;
          expect(settled(seen)).toBe(true);
          expect(settled(seen.slice(0, -1))).toBe(false);
        },
      ),
    );
  });

  test('that fails as often as the original does is seldom rejected, at any rate that can be reduced in 12 runs', () => {
    for (const share of [0.3, 0.5, 0.7, 0.9, 1]) {
      const { runs, failures } = repeatsFor(share);
      expect(runs).toBeLessThanOrEqual(12);
      let missed = 0;
      for (let some = 0; some < failures; some += 1) missed += choose(runs, some) * share ** some * (1 - share) ** (runs - some);
      expect(missed).toBeLessThan(0.1);
    }
  });

  test('is not decided by runs that do not count, and the number of those is bounded', async () => {
    const script = scripted([null, true, null, true]);
    expect(await failsOften({ failures: 2, runs: 3 }, script.attempt)).toBe(true);
    const never = scripted(Array.from({ length: 100 }, () => null));
    expect(await failsOften({ failures: 2, runs: 3 }, never.attempt)).toBe(false);
    expect(never.asked).toBe(6);
  });
});

test('a rate counts only the runs that prove something, with an interval around it', async () => {
  const { runs, failures, low, high } = await reproductionOf(4, scripted([true, null, false, true, true, true]).attempt);
  expect({ runs, failures }).toEqual({ runs: 4, failures: 3 });
  expect(low).toBeLessThan(0.75);
  expect(high).toBeGreaterThan(0.75);
  expect(await reproductionOf(3, scripted([null, null, null, null, null, null, true]).attempt)).toEqual({
    runs: 0,
    failures: 0,
    low: 0,
    high: 1,
  });
});

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways = (ways * (n - k + i)) / i;
  return ways;
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hodgesLehmann, signFlipInterval } from '../../../../harness/evidence/stats/hodges-lehmann.ts';
import { holm } from '../../../../harness/evidence/stats/multiple-testing.ts';
import { signedRanks } from '../../../../harness/evidence/stats/signed-rank.ts';

interface Golden {
  readonly signedRank: readonly {
    values: number[];
    shift: number;
    upper: number;
    lower: number;
    estimate: number;
    low: number;
    high: number;
  }[];
  readonly adjusted: readonly { ps: number[]; holm: number[] }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden/comparison.json', import.meta.url), 'utf8'));

/** Equal to so many digits, however small. */
function near(actual: number, expected: number, precision = 1e-10): void {
  expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(
    precision * Math.abs(expected) + 1e-300,
  );
}

describe('our results equal those of SciPy and R', () => {
  test('for signed ranks, with estimate and interval', () => {
    for (const { values, shift, upper, lower, estimate, low, high } of golden.signedRank) {
      near(signedRanks(values, shift).upper, upper);
      near(signedRanks(values, shift).lower, lower);
      near(hodgesLehmann(values), estimate, 1e-12);
      const interval = signFlipInterval(values, 0.9);
      // Of four values R gives the ends with the coverage there is; here there are none.
      if (!Number.isFinite(interval.low)) continue;
      near(interval.low, low, 1e-12);
      near(interval.high, high, 1e-12);
    }
  });

  test('for adjusted p-values', () => {
    for (const { ps, holm: byHolm } of golden.adjusted) {
      for (const [index, p] of holm(ps).entries()) near(p, byHolm[index] as number, 1e-12);
    }
  });
});

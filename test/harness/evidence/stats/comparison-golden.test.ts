import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { betaQuantile, regularizedBeta } from '../../../../harness/evidence/stats/beta.ts';
import { binomialTest, clopperPearson } from '../../../../harness/evidence/stats/binomial-test.ts';
import { harrellDavis } from '../../../../harness/evidence/stats/harrell-davis.ts';
import { hodgesLehmann, signFlipInterval } from '../../../../harness/evidence/stats/hodges-lehmann.ts';
import { mannWhitney } from '../../../../harness/evidence/stats/mann-whitney.ts';
import { benjaminiHochberg, holm } from '../../../../harness/evidence/stats/multiple-testing.ts';
import { normalUpper } from '../../../../harness/evidence/stats/normal.ts';
import { signedRanks } from '../../../../harness/evidence/stats/signed-rank.ts';

interface Golden {
  readonly normalUpper: readonly { z: number; p: number }[];
  readonly beta: readonly { x: number; a: number; b: number; p: number }[];
  readonly signedRank: readonly {
    values: number[];
    shift: number;
    upper: number;
    lower: number;
    estimate: number;
    low: number;
    high: number;
  }[];
  readonly rankSum: readonly { a: number[]; b: number[]; u: number; p: number }[];
  readonly harrellDavis: readonly { values: number[]; q: number; value: number }[];
  readonly adjusted: readonly { ps: number[]; holm: number[]; bh: number[] }[];
  readonly binomial: readonly { successes: number; trials: number; share: number; p: number; low: number; high: number }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden/comparison.json', import.meta.url), 'utf8'));

/** Equal to so many digits, however small. */
function near(actual: number, expected: number, precision = 1e-10): void {
  expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(
    precision * Math.abs(expected) + 1e-300,
  );
}

describe('what SciPy and R computed', () => {
  test('of the normal and beta distributions comes out here', () => {
    for (const { z, p } of golden.normalUpper) near(normalUpper(z), p, 1e-12);
    for (const { x, a, b, p } of golden.beta) {
      // What SciPy calls 0 or 1 is beyond a double there.
      if (p > 1e-200) near(regularizedBeta(x, a, b), p);
      if (p > 1e-9 && p < 1 - 1e-9) near(betaQuantile(p, a, b), x, 1e-8);
    }
  });

  test('of signed ranks comes out here, with estimate and interval', () => {
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

  test('of rank sums comes out here, exact and approximate, with ties', () => {
    for (const { a, b, u, p } of golden.rankSum) {
      const found = mannWhitney(a, b);
      expect(found.u).toBe(u);
      near(found.p, p);
      expect(found.superiority).toBeCloseTo(u / (a.length * b.length), 12);
    }
  });

  test('of Harrell and Davis comes out here', () => {
    for (const { values, q, value } of golden.harrellDavis) near(harrellDavis(values, q, { trimmed: false }), value, 1e-9);
  });

  test('of adjusted p-values comes out here', () => {
    for (const { ps, holm: byHolm, bh } of golden.adjusted) {
      for (const [index, p] of holm(ps).entries()) near(p, byHolm[index] as number, 1e-12);
      for (const [index, p] of benjaminiHochberg(ps).entries()) near(p, bh[index] as number, 1e-12);
    }
  });

  test('of the binomial comes out here', () => {
    for (const { successes, trials, share, p, low, high } of golden.binomial) {
      near(binomialTest(successes, trials, share), p, 1e-9);
      const interval = clopperPearson(successes, trials);
      near(interval.low, low, 1e-9);
      near(interval.high, high, 1e-9);
    }
  });
});

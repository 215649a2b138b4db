import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { censoredQuantile } from '../../../../harness/evidence/stats/kaplan-meier.ts';
import { normalQuantile } from '../../../../harness/evidence/stats/normal.ts';
import { quantileOfSorted } from '../../../../harness/evidence/stats/quantile.ts';
import { theilSen } from '../../../../harness/evidence/stats/theil-sen.ts';
import { wilsonInterval } from '../../../../harness/evidence/stats/wilson.ts';

interface Golden {
  readonly normal: readonly { p: number; z: number }[];
  readonly quantile: readonly { values: number[]; q: number; quantile: number }[];
  readonly theilSen: readonly {
    x: number[];
    y: number[];
    confidence: number;
    slope: number;
    intercept: number;
    low: number;
    high: number;
  }[];
  readonly censored: readonly {
    came: number[];
    watched: number[];
    q: number;
    confidence: number;
    value: number | null;
    low: number | null;
    high: number | null;
  }[];
  readonly wilson: readonly { successes: number; trials: number; confidence: number; low: number; high: number }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden/golden.json', import.meta.url), 'utf8'));

/** Equal to about twelve digits. */
function near(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(expected)));
}

describe('our results equal those of SciPy', () => {
  test('for normal quantiles', () => {
    for (const { p, z } of golden.normal) near(normalQuantile(p), z);
  });

  test('for sample quantiles', () => {
    for (const { values, q, quantile } of golden.quantile) {
      expect(
        quantileOfSorted(
          values.toSorted((a, b) => a - b),
          q,
        ),
      ).toBe(quantile);
    }
  });

  test('for the Theil-Sen estimator', () => {
    for (const { x, y, confidence, ...line } of golden.theilSen) {
      const found = theilSen(x, y, confidence);
      for (const key of ['slope', 'intercept', 'low', 'high'] as const) near(found[key], line[key]);
    }
  });

  test('for the Kaplan-Meier estimator, with the ends that the sample does not contain', () => {
    for (const { came, watched, q, confidence, ...quantile } of golden.censored) {
      expect(censoredQuantile({ came, watched }, q, confidence)).toEqual(quantile);
    }
    expect(golden.censored.some(({ value, high }) => value !== null && high === null)).toBe(true);
    expect(golden.censored.some(({ came, value }) => came.length > 0 && value === null)).toBe(true);
  });

  test('for the Wilson interval', () => {
    for (const { successes, trials, confidence, low, high } of golden.wilson) {
      const interval = wilsonInterval(successes, trials, confidence);
      near(interval.low, low);
      near(interval.high, high);
    }
  });
});

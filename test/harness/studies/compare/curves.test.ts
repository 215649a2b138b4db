import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileOfSorted } from '../../../../harness/evidence/stats/quantile.ts';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { percentileCurve } from '../../../../harness/studies/compare/curves.ts';
import { bucketsOf, type LatencyBuckets, percentilesOf, pooled } from '../../../../harness/studies/compare/latency-buckets.ts';

const random = new Random(1, 'curves', 0);
const run = (meanUs: number, count = 2000): LatencyBuckets =>
  bucketsOf(Array.from({ length: count }, () => random.exponential(meanUs)));

describe('buckets of latency', () => {
  test('give each percentile to within one per cent, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1e8 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 99 }),
        (values, percentile) => {
          const [us = 0] = percentilesOf(pooled([bucketsOf(values)]), [percentile]);
          const rank = Math.max(1, Math.ceil((percentile / 100) * values.length));
          const exact = values.toSorted((a, b) => a - b)[rank - 1] as number;
          expect(Math.abs(us / exact - 1)).toBeLessThan(0.0101);
        },
      ),
    );
  });

  test('are pooled: a percentile of two runs is taken over all their messages, not averaged from two percentiles', () => {
    const fast = Array.from({ length: 900 }, (_, index) => 1000 + index);
    const slow = Array.from({ length: 100 }, () => 100_000);
    const [p95 = 0] = percentilesOf(pooled([bucketsOf(fast), bucketsOf(slow)]), [95]);
    expect(Math.abs(p95 / 100_000 - 1)).toBeLessThan(0.01);
    const averaged = (quantileOfSorted(Float64Array.from(fast), 0.95) + 100_000) / 2;
    expect(p95 / averaged).toBeGreaterThan(1.5);
  });
});

describe('a percentile curve', () => {
  const blocks = Array.from({ length: 6 }, (_, index) => [run(1000 + 200 * index), run(1000 + 200 * index)]);

  test('rises, lies within its ribbon, and shows only percentiles with enough messages above them', () => {
    const curve = percentileCurve(blocks, 7, 'A');
    for (const [at, { us, low, high }] of curve.entries()) {
      expect(us).toBeGreaterThanOrEqual(curve[at - 1]?.us ?? 0);
      expect(low).toBeLessThanOrEqual(us);
      expect(high).toBeGreaterThanOrEqual(us);
    }
    expect(curve.at(-1)?.percentile).toBe(99.95);
    expect(percentileCurve(blocks.slice(0, 1), 7, 'A').at(-1)?.percentile).toBe(99.5);
    expect(percentileCurve(blocks, 7, 'A')).toEqual(curve);
  });

  test('has a wider ribbon if the blocks differ', () => {
    /** How far the ribbon reaches on its narrower side. */
    const width = (of: typeof blocks): number => {
      const median = percentileCurve(of, 7, 'A').find(({ percentile }) => percentile === 50);
      return median === undefined ? 1 : Math.min(median.high / median.us, median.us / median.low);
    };
    const same = Array.from({ length: 6 }, () => [run(1500), run(1500)]);
    expect(width(blocks)).toBeGreaterThan(1.1);
    expect(width(same)).toBeLessThan(1.06);
  });

  test('is empty without a message', () => {
    expect(percentileCurve([], 7, 'A')).toEqual([]);
    expect(percentileCurve([[[]]], 7, 'B')).toEqual([]);
  });
});

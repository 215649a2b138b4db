import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { censoredQuantile } from '../../../../harness/evidence/stats/kaplan-meier.ts';
import { quantileOfSorted } from '../../../../harness/evidence/stats/quantile.ts';
import { theilSen } from '../../../../harness/evidence/stats/theil-sen.ts';
import { wilsonInterval } from '../../../../harness/evidence/stats/wilson.ts';

const column = fc
  .array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 200 })
  .map((values) => Float64Array.from(values));

describe('a quantile', () => {
  test('is one of the values, with at least its share at or below it and at most its share strictly below it', () => {
    fc.assert(
      fc.property(column, fc.integer({ min: 0, max: 1000 }), (values, thousandths) => {
        const q = thousandths / 1000;
        const quantile = quantileOfSorted(values.slice().sort(), q);
        expect(values).toContain(quantile);
        expect(values.filter((value) => value <= quantile).length).toBeGreaterThanOrEqual(q * values.length - 1e-9);
        expect(values.filter((value) => value < quantile).length).toBeLessThanOrEqual(q * values.length + 1e-9);
      }),
    );
  });

  test('is not shifted by a rounding error of its rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    // In doubles 0.07 x 100 is 7.000000000000001.
    for (let q = 1; q <= 100; q++) expect(quantileOfSorted(hundred, q / 100)).toBe(q);
  });

  test('is NaN without values, and an error outside 0 to 1', () => {
    expect(quantileOfSorted([], 0.5)).toBeNaN();
    expect(() => quantileOfSorted([1], 1.01)).toThrow(RangeError);
    expect(() => quantileOfSorted([1], Number.NaN)).toThrow(RangeError);
  });
});

describe('a quantile of times some of which never came', () => {
  const times = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 60 });
  const quantile = fc.integer({ min: 1, max: 999 }).map((thousandths) => thousandths / 1000);

  test('is the plain quantile when all times came', () => {
    fc.assert(
      fc.property(times, quantile, (came, q) => {
        fc.pre(came.length > 0);
        const sorted = came.toSorted((a, b) => a - b);
        expect(censoredQuantile({ came, watched: [] }, q).value).toBe(quantileOfSorted(sorted, q));
      }),
    );
  });

  test('is the plain quantile with "never" as the longest time, when everything that never came was watched longest', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 20 }), quantile, (came, never, q) => {
        const sorted = [...came.toSorted((a, b) => a - b), ...Array<number>(never).fill(Number.POSITIVE_INFINITY)];
        const expected = quantileOfSorted(sorted, q);
        const { value } = censoredQuantile({ came, watched: Array<number>(never).fill(100) }, q);
        expect(value).toBe(Number.isFinite(expected) ? expected : null);
      }),
    );
  });

  test('lies within its interval, and is never made smaller by watching for a shorter time', () => {
    fc.assert(
      fc.property(times, times, quantile, (came, watched, q) => {
        fc.pre(came.length > 0);
        const { value, low, high } = censoredQuantile({ came, watched }, q);
        if (value !== null) expect(low ?? 0).toBeLessThanOrEqual(value);
        if (high !== null) expect(value ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(high);
        const [cut, ...rest] = came as [number, ...number[]];
        const later = censoredQuantile({ came: rest, watched: [...watched, cut] }, q).value;
        expect(later ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(value ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  test('is not reached at 95% when two of twenty never came, and is the tenth value at the median', () => {
    const came = Array.from({ length: 18 }, (_, i) => i + 1);
    expect(censoredQuantile({ came, watched: [50, 50] }, 0.95)).toMatchObject({ value: null, high: null });
    expect(censoredQuantile({ came, watched: [50, 50] }, 0.5).value).toBe(10);
  });

  test('is an error without values', () => {
    expect(() => censoredQuantile({ came: [], watched: [] }, 0.5)).toThrow(RangeError);
    expect(() => censoredQuantile({ came: [Number.NaN], watched: [] }, 0.5)).toThrow(RangeError);
    expect(() => censoredQuantile({ came: [1], watched: [] }, 1)).toThrow(RangeError);
  });
});

describe('a Theil-Sen line', () => {
  test('recovers a straight line exactly, whatever a quarter of outliers do', () => {
    const x = Array.from({ length: 16 }, (_, i) => i * 100);
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.constantFrom(0, 5, 13),
        (slope, wild, at) => {
          const y = x.map((value, i) => (i === at ? wild : 7 + slope * value));
          expect(theilSen(x, y).slope).toBe(slope);
        },
      ),
    );
  });

  test('needs two different x and columns of one length', () => {
    expect(() => theilSen([1, 1], [1, 2])).toThrow('two different x');
    expect(() => theilSen([1, 2], [1])).toThrow('one length');
    expect(() => theilSen(Array(6000).fill(1), Array(6000).fill(1))).toThrow('at most 5000');
  });
});

describe('a Wilson interval', () => {
  test('encloses the share, within 0 to 1, and mirrors successes and failures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(10_000), (trials, some) => {
        const successes = some % (trials + 1);
        const { share, low, high } = wilsonInterval(successes, trials);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low <= share && share <= high).toBe(true);
        const mirrored = wilsonInterval(trials - successes, trials);
        expect(mirrored.high).toBeCloseTo(1 - low, 12);
      }),
    );
  });

  test('refuses more successes than trials', () => {
    expect(() => wilsonInterval(2, 1)).toThrow(RangeError);
    expect(() => wilsonInterval(0, 0)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectableEffect, deviationOf, valuesFor } from '../../../../harness/evidence/stats/detectable.ts';
import { hodgesLehmann, signFlipInterval } from '../../../../harness/evidence/stats/hodges-lehmann.ts';
import { splitAlpha } from '../../../../harness/evidence/stats/looks.ts';
import { holm } from '../../../../harness/evidence/stats/multiple-testing.ts';
import { normalQuantile } from '../../../../harness/evidence/stats/normal.ts';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { signedRanks } from '../../../../harness/evidence/stats/signed-rank.ts';

/** Quarters, so that there are ties and sums are exact. */
const quarters = fc
  .array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 9 })
  .map((values) => values.map((value) => value / 4));

/** The mean rank of each distance, by its definition. */
function ranks(distances: readonly number[]): number[] {
  return distances.map((one) => {
    const below = distances.filter((other) => other < one).length;
    const equal = distances.filter((other) => other === one).length;
    return below + (equal + 1) / 2;
  });
}

describe('signed ranks', () => {
  test('have the distribution that trying all sign flips gives, ties and zeros included', () => {
    fc.assert(
      fc.property(quarters, fc.integer({ min: -8, max: 8 }), (values, shift) => {
        const distances = values.map((value) => value - shift / 4).filter((distance) => distance !== 0);
        const rank = ranks(distances.map(Math.abs));
        const sumOf = (isAbove: (index: number) => boolean): number =>
          rank.reduce((sum, each, index) => sum + (isAbove(index) ? each : 0), 0);
        const seen = sumOf((index) => (distances[index] as number) > 0);
        const flips = 2 ** distances.length;
        let atLeast = 0;
        for (let flip = 0; flip < flips; flip++) if (sumOf((index) => ((flip >> index) & 1) === 1) >= seen) atLeast++;
        const found = signedRanks(values, shift / 4);
        expect(found.above).toBe(seen);
        expect(found.upper).toBeCloseTo(atLeast / flips, 12);
      }),
    );
  });

  test('say the opposite of mirrored values', () => {
    fc.assert(
      fc.property(quarters, (values) => {
        const { upper, lower } = signedRanks(values, 0);
        const mirrored = signedRanks(
          values.map((value) => -value),
          0,
        );
        expect(mirrored.upper).toBeCloseTo(lower, 12);
        expect(mirrored.lower).toBeCloseTo(upper, 12);
      }),
    );
  });

  test('ignore values that lie at the point but for a rounding error, and distances that are equal but for one share their rank', () => {
    // Each is 3% more than its fellow; their logarithms differ from that of 1.03 by up to 1e-16 to either side.
    const atMargin = [5796, 281.3, 0.77, 12_345, 3e9, 1e-7].map((value) => Math.log(value * 1.03) - Math.log(value));
    expect(atMargin.some((value) => value !== Math.log1p(0.03))).toBe(true);
    expect(signedRanks(atMargin, Math.log1p(0.03))).toEqual({ above: 0, upper: 1, lower: 1 });
    const tied = signedRanks([0.1 + 0.2, 0.3, -0.3, 0.5], 0);
    expect(tied).toEqual(signedRanks([0.3, 0.3, -0.3, 0.5], 0));
    expect(signedRanks([1e-9, 2e-9, 3e-9], 0).upper).toBe(1 / 8);
  });

  test('are an error without values, with too many values, and with values that are not numbers', () => {
    expect(() => signedRanks([], 0)).toThrow(RangeError);
    expect(() => signedRanks(new Array(101).fill(1), 0)).toThrow(RangeError);
    expect(() => signedRanks([Number.NaN], 0)).toThrow(RangeError);
    expect(() => signedRanks([1, 2], Number.NaN)).toThrow('a point is a number');
  });
});

describe('the interval', () => {
  const untied = fc
    .uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 14 })
    .map((values) => values.map((value) => value + value ** 3 / 1e7));

  test('contains exactly the points that the test does not reject', () => {
    fc.assert(
      fc.property(untied, fc.constantFrom(0.8, 0.9, 0.95, 0.99), (values, confidence) => {
        const { low, high } = signFlipInterval(values, confidence);
        const rejected = (point: number): boolean => {
          const { upper, lower } = signedRanks(values, point);
          return Math.min(upper, lower) <= (1 - confidence) / 2;
        };
        for (const end of [low, high]) {
          if (!Number.isFinite(end)) continue;
          const inwards = end === low ? 1e-6 : -1e-6;
          expect(rejected(end + inwards)).toBe(false);
          expect(rejected(end - inwards)).toBe(true);
        }
        expect(low).toBeLessThanOrEqual(hodgesLehmann(values));
        expect(high).toBeGreaterThanOrEqual(hodgesLehmann(values));
      }),
    );
  });

  test('covers as often as it promises: 12 blocks, 1,000 times', () => {
    const random = new Random(5, 'blocks', 0);
    let covered = 0;
    let promised = 0;
    for (let time = 0; time < 1000; time++) {
      const values = Array.from({ length: 12 }, () => 3 + normalQuantile(random.unit()));
      const { low, high, coverage } = signFlipInterval(values, 0.95);
      promised = coverage;
      if (low <= 3 && 3 <= high) covered++;
    }
    expect(Math.abs(covered / 1000 - promised)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 1000));
  });

  test('is infinite if no number of sign flips could exclude anything', () => {
    expect(signFlipInterval([1, 2, 3], 0.95)).toMatchObject({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  });
});

describe('p-values of several tests', () => {
  const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

  test('are not lowered by correction, and keep their order', () => {
    fc.assert(
      fc.property(ps, (given) => {
        const byHolm = holm(given);
        for (const [index, p] of given.entries()) {
          const familywise = byHolm[index] as number;
          expect(familywise).toBeGreaterThanOrEqual(p * (1 - 1e-12));
          for (const [other, q] of given.entries()) if (q > p) expect(byHolm[other]).toBeGreaterThanOrEqual(familywise);
        }
      }),
    );
  });

  test('equal those of the papers', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });
});

describe('looks at a comparison', () => {
  test('spend no more alpha than there is', () => {
    expect(splitAlpha(0.01, [0.2, 0.3, 0.5]).map((each) => each.toFixed(4))).toEqual(['0.0020', '0.0030', '0.0050']);
    expect(() => splitAlpha(0.01, [0.5, 0.6])).toThrow('sum to 1');
  });
});

describe('the detectable effect', () => {
  /** A comparison of so many blocks that finds an effect if it is told the size of it beforehand, or has estimated it in another comparison. */
  function foundShare(size: Parameters<typeof detectableEffect>[0], seed: number): number {
    const random = new Random(seed, 'blocks', 0);
    const normal = (): number => normalQuantile(random.unit() || 0.5);
    const { deviation, estimatedFrom, values: count } = size;
    let found = 0;
    const times = 3000;
    for (let time = 0; time < times; time++) {
      const estimate =
        estimatedFrom === null ? deviation : deviation * deviationOf(Array.from({ length: estimatedFrom }, normal));
      const effect = detectableEffect({ ...size, deviation: estimate });
      const values = Array.from({ length: count }, () => effect + deviation * normal());
      if (signedRanks(values, size.margin).upper <= size.alpha) found++;
    }
    return found / times;
  }

  // Looks of a gate with four blocking metrics and an error rate of 1%.
  test.each([
    [12, 0.0005],
    [18, 0.00075],
    [24, 0.00125],
    [36, 0.00125],
  ])('is found nine times in ten at every look: with %i blocks and an error rate of %f', (blocks, alpha) => {
    const size = { deviation: 0.04, values: blocks, alpha, power: 0.9, margin: Math.log(1.05) };
    for (const estimatedFrom of [null, blocks]) {
      const share = foundShare({ ...size, estimatedFrom }, blocks);
      expect(share).toBeGreaterThan(0.875);
      expect(share).toBeLessThan(0.925);
    }
  });

  test('is beyond reach where all blocks together cannot reach alpha', () => {
    const size = { deviation: 0.01, estimatedFrom: null, alpha: 0.001, power: 0.9, margin: 0.05 };
    expect(detectableEffect({ ...size, values: 9 })).toBe(Number.POSITIVE_INFINITY);
    expect(detectableEffect({ ...size, values: 10 })).toBeLessThan(0.1);
    expect(valuesFor(0.1, size, 50)).toBe(10);
    expect(valuesFor(0.0501, size, 50)).toBe(null);
    expect(valuesFor(0.05, size, 50)).toBe(null);
  });

  test('and the fewest blocks for it belong together', () => {
    const size = { deviation: 0.05, estimatedFrom: null, alpha: 0.00125, power: 0.9, margin: Math.log(1.03) };
    const effect = Math.log(1.08);
    const fewest = Array.from({ length: 50 }, (_, index) => index + 1).find(
      (values) => detectableEffect({ ...size, values }) <= effect,
    );
    expect(valuesFor(effect, size, 50)).toBe(fewest);
    expect(() => detectableEffect({ ...size, values: 0 })).toThrow(RangeError);
    expect(() => detectableEffect({ ...size, values: 12, alpha: 0 })).toThrow(RangeError);
  });
});

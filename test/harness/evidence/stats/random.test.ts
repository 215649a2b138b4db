import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashUnit, Random } from '../../../../harness/evidence/stats/random.ts';

const draw = (random: Random, count = 1_000): number[] => Array.from({ length: count }, () => random.uint32());

test('the same names give the same stream, and any other name gives another one', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.string(), fc.nat(1_000), (seed, purpose, index) => {
      const stream = draw(new Random(seed, purpose, index), 8);
      expect(draw(new Random(seed, purpose, index), 8)).toEqual(stream);
      expect(draw(new Random(seed, purpose, index + 1), 8)).not.toEqual(stream);
      expect(draw(new Random(seed, `${purpose}x`, index), 8)).not.toEqual(stream);
      expect(draw(new Random(seed + 1, purpose, index), 8)).not.toEqual(stream);
    }),
  );
});

test('seeds that differ only above 32 bits give different streams', () => {
  expect(draw(new Random(5, 'a', 0))).not.toEqual(draw(new Random(5 + 2 ** 32, 'a', 0)));
});

test('neighbouring streams are not correlated', () => {
  const a = Array.from(
    { length: 20_000 },
    (
      (random) => () =>
        random.unit() - 0.5
    )(new Random(1, 'a', 0)),
  );
  const b = Array.from(
    { length: 20_000 },
    (
      (random) => () =>
        random.unit() - 0.5
    )(new Random(1, 'a', 1)),
  );
  const correlation = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / 20_000 / (1 / 12);
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(20_000));
});

test('numbers fill the unit interval evenly', () => {
  const random = new Random(9, 'even', 0);
  const buckets = new Array<number>(64).fill(0);
  for (let i = 0; i < 64_000; i++) {
    const bucket = random.below(64);
    buckets[bucket] = (buckets[bucket] as number) + 1;
  }
  const chiSquare = buckets.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
  // Chi-square of 63 degrees of freedom: mean 63, standard deviation 11.
  expect(chiSquare).toBeLessThan(63 + 6 * 11.2);
});

test('exponential numbers have their mean', () => {
  const random = new Random(9, 'exponential', 0);
  let sum = 0;
  for (let i = 0; i < 50_000; i++) sum += random.exponential(3);
  expect(sum / 50_000).toBeCloseTo(3, 0.9);
});

test('hashes of consecutive ids select the share that was asked for', () => {
  for (const share of [0.01, 0.3, 0.9]) {
    let chosen = 0;
    for (let id = 1; id <= 20_000; id++) if (hashUnit(7, 3, id) < share) chosen++;
    expect(Math.abs(chosen - share * 20_000)).toBeLessThan(5 * Math.sqrt(20_000 * share * (1 - share)));
  }
});

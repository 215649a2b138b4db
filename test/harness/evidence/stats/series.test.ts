import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hierarchicalBootstrap } from '../../../../harness/evidence/stats/bootstrap.ts';
import { eDivisive, firstSteady } from '../../../../harness/evidence/stats/change-point.ts';
import { normalQuantile } from '../../../../harness/evidence/stats/normal.ts';
import { Random } from '../../../../harness/evidence/stats/random.ts';

const options = (seed: number) => {
  const random = new Random(seed, 'orders', 0);
  return { random: () => random.unit(), permutations: 199, significance: 0.01, minSize: 3 };
};

function noisy(seed: number, levels: readonly (readonly [count: number, level: number])[]): number[] {
  const random = new Random(seed, 'noise', 0);
  return levels.flatMap(([count, level]) => Array.from({ length: count }, () => level + normalQuantile(random.unit() || 0.5)));
}

describe('change points', () => {
  test('are found where the level changes, and nowhere else', () => {
    const found = eDivisive(
      noisy(1, [
        [20, 0],
        [25, 4],
        [15, 1],
      ]),
      options(1),
    );
    expect(found).toHaveLength(2);
    expect(Math.abs((found[0] as number) - 20)).toBeLessThanOrEqual(1);
    expect(Math.abs((found[1] as number) - 45)).toBeLessThanOrEqual(1);
  });

  test('are seldom found in a series that does not change: at most about as often as the significance says', () => {
    const series = Array.from({ length: 200 }, (_, index) => noisy(100 + index, [[30, 7]]));
    const alarms = series.filter((one, index) => eDivisive(one, options(index)).length > 0).length;
    expect(alarms / 200).toBeLessThan(0.04);
  });

  test('are found at both ends of a regression that was taken back: 8 of 60 runs, anywhere', () => {
    for (const from of [6, 26, 46]) {
      const levels = [[from, 0] as const, [8, 3] as const, [52 - from, 0] as const];
      const both = Array.from({ length: 20 }, (_, index) => eDivisive(noisy(300 + index, levels), options(index))).filter(
        (found) => found.some((at) => Math.abs(at - from) <= 1) && found.some((at) => Math.abs(at - from - 8) <= 1),
      );
      expect(both.length).toBeGreaterThanOrEqual(15);
    }
  });

  test('are where the energy distance of two neighbouring stretches, one of which reaches to an end, is largest', () => {
    const meanDistance = (one: readonly number[], other: readonly number[], pairs: number): number =>
      one.reduce((sum, x) => sum + other.reduce((all, y) => all + Math.abs(x - y), 0), 0) / pairs;
    const energy = (x: readonly number[], y: readonly number[]): number => {
      const [n, m] = [x.length, y.length];
      const within = meanDistance(x, x, n * (n - 1)) + meanDistance(y, y, m * (m - 1));
      return ((n * m) / (n + m)) * (2 * meanDistance(x, y, n * m) - within);
    };
    // Every order counts as weaker, so that the first split is kept, and no other fits beside it.
    const always = { random: () => 0.5, permutations: 0, significance: 1, minSize: 5 };
    for (let seed = 0; seed < 30; seed++) {
      const series = noisy(500 + seed, [[14, 0]]);
      const splits = Array.from({ length: 5 }, (_, index) => index + 5).map((at) => {
        const stretches = Array.from({ length: 15 }, (__, end) => [
          end >= at + 5 ? energy(series.slice(0, at), series.slice(at, end)) : Number.NEGATIVE_INFINITY,
          end <= at - 5 ? energy(series.slice(end, at), series.slice(at)) : Number.NEGATIVE_INFINITY,
        ]);
        return { at, strength: Math.max(...stretches.flat()) };
      });
      const strongest = splits.reduce((best, split) => (split.strength > best.strength ? split : best));
      expect(eDivisive(series, always)).toEqual([strongest.at]);
    }
  });

  test('are seldom found in a series whose neighbours resemble each other, although it goes up and down', () => {
    const series = (seed: number): number[] => {
      const random = new Random(seed, 'noise', 0);
      let state = normalQuantile(random.unit());
      return Array.from({ length: 60 }, () => {
        state = 0.6 * state + 0.8 * normalQuantile(random.unit());
        return state;
      });
    };
    const alarms = Array.from({ length: 100 }, (_, index) => eDivisive(series(1000 + index), options(index)));
    // Orders without autocorrelation find changes in two of five.
    expect(alarms.filter((found) => found.length > 0).length).toBeLessThan(20);
  });

  test('are found in such a series where it does change', () => {
    const random = new Random(9, 'noise', 0);
    let state = 0;
    const series = Array.from({ length: 60 }, (_, index) => {
      state = 0.5 * state + normalQuantile(random.unit());
      return state + (index < 30 ? 0 : 6);
    });
    const found = eDivisive(series, options(9));
    expect(found).toHaveLength(1);
    expect(Math.abs((found[0] as number) - 30)).toBeLessThanOrEqual(1);
  });

  test('do not depend on the unit of the values', () => {
    const series = noisy(2, [
      [15, 0],
      [15, 3],
    ]);
    const scaled = series.map((value) => 1000 * value + 5);
    expect(eDivisive(scaled, options(3))).toEqual(eDivisive(series, options(3)));
  });

  test('are not found in a short or constant series, and are an error in one with values that are not numbers', () => {
    expect(eDivisive([1, 9, 1, 9], options(1))).toEqual([]);
    expect(eDivisive(new Array(50).fill(3), options(1))).toEqual([]);
    expect(() => eDivisive([1, Number.NaN], options(1))).toThrow(RangeError);
  });
});

describe('the beginning that is not yet steady', () => {
  test('is left out, and nothing else is', () => {
    const warm = [...Array.from({ length: 10 }, (_, index) => 40 - 4 * index), ...noisy(4, [[60, 0]])];
    expect(Math.abs(firstSteady(warm) - 10)).toBeLessThanOrEqual(4);
    expect(firstSteady(noisy(5, [[80, 3]]))).toBeLessThan(20);
    expect(firstSteady([5, 1, 1])).toBe(0);
  });

  test('is never more than half of the series', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 60 }), (series) => {
        expect(firstSteady(series)).toBeLessThanOrEqual(series.length / 2);
      }),
    );
  });
});

describe('the hierarchical bootstrap', () => {
  test('gives a wider interval than one that takes the members of a group for independent', () => {
    const random = new Random(6, 'groups', 0);
    const unit = (): number => random.unit();
    const groups = Array.from({ length: 8 }, () => {
      const level = 10 * normalQuantile(unit() || 0.5);
      return Array.from({ length: 40 }, () => level + normalQuantile(unit() || 0.5));
    });
    const mean = (all: readonly (readonly number[])[]): number => {
      const flat = all.flat();
      return flat.reduce((sum, value) => sum + value, 0) / flat.length;
    };
    const settings = { random: unit, resamples: 400, confidence: 0.95 };
    const grouped = hierarchicalBootstrap(groups, mean, settings);
    const flat = hierarchicalBootstrap(
      groups.flat().map((value) => [value]),
      mean,
      settings,
    );
    expect(grouped.high - grouped.low).toBeGreaterThan(2 * (flat.high - flat.low));
    expect(grouped.low).toBeLessThan(mean(groups));
    expect(grouped.high).toBeGreaterThan(mean(groups));
  });
});

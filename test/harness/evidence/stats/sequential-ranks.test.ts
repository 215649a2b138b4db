import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sequentialUpper } from '../../../../harness/evidence/stats/sequential-ranks.ts';
import { signedRanks } from '../../../../harness/evidence/stats/signed-rank.ts';

const COUNTS = [5, 8, 10];
const ALPHAS = [0.04, 0.08, 0.12];
const EARLIER = COUNTS.map((count, index) => ({ count, alpha: ALPHAS[index] as number }));

/** Whole numbers, so that some are tied, none of them zero. */
const magnitudes = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 10, maxLength: 10 });

function flipped(sizes: readonly number[], flip: number): number[] {
  return sizes.map((size, index) => (((flip >> index) & 1) === 1 ? size : -size));
}

/** By its definition: over all sign flips of the sizes, look by look. */
function bruteForce(sizes: readonly number[]): { readonly p: readonly number[][]; readonly rejects: readonly boolean[][] } {
  const flips = Array.from({ length: 2 ** sizes.length }, (_, flip) => flipped(sizes, flip));
  const sums = COUNTS.map((count) => flips.map((values) => signedRanks(values.slice(0, count), 0).above));
  const p: number[][] = [];
  const rejects: boolean[][] = [];
  for (const [look, sum] of sums.entries()) {
    const isOpen = (flip: number): boolean => look === 0 || rejects[look - 1]?.[flip] !== true;
    const share = new Map(
      [...new Set(sum)].map((least) => [least, sum.filter((each, flip) => each >= least && isOpen(flip)).length]),
    );
    p.push(sum.map((each) => (share.get(each) as number) / flips.length));
    // A look that rejects does so for every larger sum, too.
    rejects.push((p[look] as number[]).map((each) => each <= (ALPHAS[look] as number) * (1 + 1e-12)));
  }
  return { p, rejects };
}

describe('signed ranks at several looks', () => {
  test('have the p-values that trying all sign flips gives', () => {
    fc.assert(
      fc.property(magnitudes, fc.nat(2 ** 10 - 1), (sizes, flip) => {
        const { p } = bruteForce(sizes);
        const values = flipped(sizes, flip);
        for (const [look, count] of COUNTS.entries()) {
          const alpha = ALPHAS[look] as number;
          const found = sequentialUpper(values.slice(0, count), 0, { earlier: EARLIER.slice(0, look), alpha });
          const plain = signedRanks(values.slice(0, count), 0).upper;
          const spendable = ALPHAS.slice(0, look + 1).reduce((sum, each) => sum + each, 0);
          const isDecided = plain <= alpha || plain > spendable;
          expect(found).toBeCloseTo(isDecided ? plain : (p[look]?.[flip] as number), 12);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('reject by chance at most as often as the shares sum up to, and more often than if each look paid for all it finds', () => {
    fc.assert(
      fc.property(magnitudes, (sizes) => {
        let joint = 0;
        let split = 0;
        for (let flip = 0; flip < 2 ** 10; flip++) {
          const values = flipped(sizes, flip);
          const atLook = (count: number): readonly number[] => values.slice(0, count);
          if (
            COUNTS.some((count, look) => {
              const alpha = ALPHAS[look] as number;
              return sequentialUpper(atLook(count), 0, { earlier: EARLIER.slice(0, look), alpha }) <= alpha;
            })
          )
            joint++;
          if (COUNTS.some((count, look) => signedRanks(atLook(count), 0).upper <= (ALPHAS[look] as number))) split++;
        }
        expect(joint / 2 ** 10).toBeLessThanOrEqual(0.24);
        expect(joint).toBeGreaterThanOrEqual(split);
      }),
      { numRuns: 5 },
    );
  });

  test('take values at the point for none, wherever they are', () => {
    const values = [3, 0, 4, 5, 0, 6, 7, 8, 9, 10];
    const without = [3, 4, 5, 6, 7, 8, 9, 10];
    const look = { earlier: [{ count: 6, alpha: 0.1 }], alpha: 0.1 };
    expect(sequentialUpper(values, 0, look)).toBe(
      sequentialUpper(without, 0, { earlier: [{ count: 4, alpha: 0.1 }], alpha: 0.1 }),
    );
  });

  test('of many values are never above 1, however the counts of all sign flips are rounded', () => {
    const late = { earlier: [], alpha: 0.005 };
    for (let count = 54; count <= 100; count++) {
      const below = Array.from({ length: count }, (_, index) => -1 - index);
      expect(sequentialUpper(below, 0, late)).toBeLessThanOrEqual(1);
      expect(signedRanks(below, 0).upper).toBeLessThanOrEqual(1);
      // Tied, so that the ranks are doubled.
      expect(
        sequentialUpper(
          below.map((value) => Math.ceil(value / 3) - 1),
          0,
          late,
        ),
      ).toBeLessThanOrEqual(1);
    }
  });

  test('of a hundred values, with ties, are smaller than those of a single look', () => {
    const values = Array.from({ length: 100 }, (_, index) => ((index * 37) % 101) - 42);
    const earlier = [
      { count: 50, alpha: 0.002 },
      { count: 75, alpha: 0.003 },
    ];
    const p = sequentialUpper(values, 0, { earlier, alpha: 0.005 });
    const plain = signedRanks(values, 0).upper;
    expect(plain).toBeGreaterThan(0.005);
    expect(plain).toBeLessThan(0.01);
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(plain);
  });
});

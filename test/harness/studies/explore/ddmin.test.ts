import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ddmin } from '../../../../harness/studies/explore/ddmin.ts';

/** Fails when it contains all of these. */
const needs = (culprits: readonly number[]) => async (candidate: readonly number[]) =>
  culprits.every((culprit) => candidate.includes(culprit));

const listWithCulprits = fc
  .uniqueArray(fc.nat(60), { maxLength: 16 })
  .chain((items) => fc.record({ items: fc.constant(items), culprits: fc.subarray(items) }));

describe('ddmin', () => {
  test('finds exactly the culprits, in their order, when every list that contains them all fails', async () => {
    await fc.assert(
      fc.asyncProperty(listWithCulprits, async ({ items, culprits }) => {
        expect(await ddmin(items, needs(culprits))).toEqual(culprits);
      }),
    );
  });

  test('is 1-minimal for any predicate: without any one of its items the result does not fail', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(60), { maxLength: 9 }), fc.nat(), async (items, salt) => {
        // As wild as can be: each subset fails or not by a hash. The whole list is known to fail.
        const fails = async (some: readonly number[]) => {
          if (some.length === items.length) return true;
          return some.reduce((hash, item) => Math.imul(hash ^ item, 0x9e3779b1) >>> 7, salt + 17) % 3 === 0;
        };
        const smallest = await ddmin(items, fails);
        expect(await fails(smallest)).toBe(true);
        if (smallest.length < items.length || items.length === 1)
          for (const item of smallest) expect(await fails(smallest.filter((other) => other !== item))).toBe(false);
      }),
    );
  });

  test('asks for each candidate at most once, and for nothing more if the empty list fails', async () => {
    await fc.assert(
      fc.asyncProperty(listWithCulprits, async ({ items, culprits }) => {
        const asked: string[] = [];
        await ddmin(items, (candidate) => {
          asked.push(candidate.join());
          return needs(culprits)(candidate);
        });
        expect(new Set(asked).size).toBe(asked.length);
        if (culprits.length === 0 && items.length > 0) expect(asked).toEqual(['']);
      }),
    );
  });

  test('gives the smallest list so far when told to stop, and asks for nothing more', async () => {
    let asked = 0;
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const fails = async (candidate: readonly number[]) => {
      asked += 1;
      return candidate.includes(7);
    };
    expect(await ddmin(items, fails, () => asked < 3)).toEqual([5, 6, 7, 8]);
    expect(asked).toBe(3);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simplify } from '../../../../harness/studies/explore/simplify.ts';

const lower = (value: number): readonly number[] => (value === 0 ? [] : [0, Math.floor(value / 2), value - 1]);

test('ends at a value that fails and has no simpler value that does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(500), fc.nat(500), async (a, b) => {
      const [least, value] = a < b ? [a, b] : [b, a];
      expect(await simplify(value, lower, async (simpler) => simpler >= least)).toBe(least);
    }),
  );
});

test('gives the simplest value so far when told to stop', async () => {
  let asked = 0;
  const fails = async (): Promise<boolean> => {
    asked += 1;
    return asked > 1;
  };
  // 0 held, 50 failed: then it is told to stop.
  expect(await simplify(100, lower, fails, () => asked < 2)).toBe(50);
});

test('ends even if the simpler values form a circle', async () => {
  expect(
    await simplify(
      1,
      (value) => [1 - value],
      async () => true,
    ),
  ).toBeLessThan(2);
});

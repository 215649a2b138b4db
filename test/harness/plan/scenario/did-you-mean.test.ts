import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, nearest } from '../../../../harness/plan/scenario/did-you-mean.ts';

describe('suggestions', () => {
  test.each([
    ['rate', 'rate', 0],
    ['rtae', 'rate', 1],
    ['rat', 'rate', 1],
    ['', 'rate', 4],
    ['kitten', 'sitting', 3],
  ])('from %s to %s it takes %d edits', (a, b, edits) => expect(editDistance(a, b)).toBe(edits));

  test('the distance is symmetric and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  test('nothing is suggested for a word that resembles nothing', () => {
    expect(nearest('zebra', ['rate', 'users'])).toBeNull();
    expect(nearest('Users', ['rate', 'users'])).toBe('users');
    expect(nearest('x'.repeat(1000), ['x'.repeat(999)])).toBeNull();
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entranceOf, hopTo } from '../../../../harness/run/load/entrance-order.ts';

const USERS = fc.nat(100_000);
const ENTRANCES = fc.integer({ min: 1, max: 12 });

test('a user begins at its own entrance and visits every other once before it returns', () => {
  fc.assert(
    fc.property(USERS, ENTRANCES, (user, entrances) => {
      const order = Array.from({ length: entrances }, (_, hop) => entranceOf(user, hop, entrances));
      expect(order[0]).toBe(user % entrances);
      expect(new Set(order).size).toBe(entrances);
      expect(entranceOf(user, entrances, entrances)).toBe(order[0]);
    }),
  );
});

test('a place is found again from its hop', () => {
  fc.assert(
    fc.property(USERS, ENTRANCES, fc.nat(100), (user, entrances, hop) => {
      const place = entranceOf(user, hop, entrances);
      expect(entranceOf(user, hopTo(user, place, entrances), entrances)).toBe(place);
    }),
  );
});

test.each([
  [3, 2],
  [5, 4],
  [4, 2],
])('of %i entrances, the users of one that fails go on to %i others, each to as many as the next', (entrances, others) => {
  const users = Array.from({ length: 1_200 }, (_, at) => at * entrances);
  const came = new Map<number, number>();
  for (const user of users) {
    const place = entranceOf(user, 1, entrances);
    came.set(place, (came.get(place) ?? 0) + 1);
  }
  expect(came.size).toBe(others);
  expect(new Set(came.values())).toEqual(new Set([users.length / others]));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { ContactBook } from '../../../../harness/run/load/contacts.ts';

test('nobody is a contact of themselves, and every contact is a user', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 500 }),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(),
      fc.nat(499),
      (users, perUser, seed, who) => {
        const user = who % users;
        const book = new ContactBook({ kind: 'zipf', perUser, exponent: 1 }, users, seed);
        const random = new Random(seed, 'test', 0);
        for (let i = 0; i < 50; i++) {
          const contact = book.pick(user, random);
          expect(contact).not.toBe(user);
          expect(contact >= 0 && contact < users).toBe(true);
        }
      },
    ),
  );
});

test('a user writes to at most as many others as it has contacts', () => {
  const book = new ContactBook({ kind: 'uniform', perUser: 7 }, 10_000, 3);
  const random = new Random(3, 'test', 0);
  const met = new Set(Array.from({ length: 2_000 }, () => book.pick(17, random)));
  expect(met.size).toBe(7);
});

test('a zipf user writes to the contact of rank r with a share of 1/r^s', () => {
  const exponent = 1.2;
  const book = new ContactBook({ kind: 'zipf', perUser: 5, exponent }, 1_000_000, 3);
  const random = new Random(3, 'test', 0);
  const counts = new Map<number, number>();
  for (let i = 0; i < 50_000; i++) {
    const contact = book.pick(4, random);
    counts.set(contact, (counts.get(contact) ?? 0) + 1);
  }
  const total = [1, 2, 3, 4, 5].reduce((sum, rank) => sum + rank ** -exponent, 0);
  for (let rank = 1; rank <= 5; rank++) {
    expect((counts.get(book.contact(4, rank - 1)) ?? 0) / 50_000).toBeCloseTo(rank ** -exponent / total, 1.8);
  }
});

test('contacts spread over all users', () => {
  const book = new ContactBook({ kind: 'uniform', perUser: 20 }, 200, 5);
  const named = new Array<number>(200).fill(0);
  for (let user = 0; user < 200; user++) {
    for (let rank = 0; rank < 20; rank++) named[book.contact(user, rank)] = (named[book.contact(user, rank)] as number) + 1;
  }
  expect(Math.min(...named)).toBeGreaterThan(3);
  expect(Math.max(...named)).toBeLessThan(50);
});

test('one user alone has nobody to write to', () => {
  expect(() => new ContactBook({ kind: 'uniform', perUser: 3 }, 1, 0)).toThrow(RangeError);
});

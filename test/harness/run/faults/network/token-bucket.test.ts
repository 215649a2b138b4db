import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from '../../../../../harness/run/faults/network/token-bucket.ts';

const RATE = 1_000_000;

test('however often it is asked, it never gives more than its rate since it began', () => {
  const ask = fc.record({ afterMs: fc.nat(300), wanted: fc.integer({ min: 1, max: 100_000 }) });
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 50 }), (asks) => {
      const bucket = new TokenBucket(RATE, 0);
      let nowMs = 0;
      let given = 0;
      for (const { afterMs, wanted } of asks) {
        nowMs += afterMs;
        const bytes = Math.min(wanted, bucket.available(nowMs));
        bucket.take(bytes);
        given += bytes;
        bucket.waitMs(wanted, nowMs);
      }
      expect(given).toBeLessThanOrEqual((RATE * nowMs) / 1000 + 1);
    }),
  );
});

test('after a pause ten milliseconds of its rate may go at once, and no more', () => {
  expect(new TokenBucket(RATE, 0).available(5_000)).toBe(10_000);
});

test('a waiting caller gets what became due meanwhile, however late it returns', () => {
  const bucket = new TokenBucket(RATE, 0);
  expect(bucket.waitMs(1_460, 0)).toBeCloseTo(1.46);
  expect(bucket.available(80)).toBe(80_000);
  bucket.take(80_000);
  expect(bucket.available(5_000)).toBe(10_000);
});

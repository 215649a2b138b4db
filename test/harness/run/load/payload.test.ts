import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIntact, PAYLOAD_HEADER_BYTES, PayloadWriter, payloadFacts } from '../../../../harness/run/load/payload.ts';

const facts = fc.record({
  bytes: fc.integer({ min: PAYLOAD_HEADER_BYTES, max: 2_000 }),
  sender: fc.nat(0xffff_ffff),
  id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  intendedUs: fc.double({ min: -1e9, max: 1e12, noNaN: true }),
});

test('a payload is intact, says which message it belongs to, and is the same when written again', () => {
  fc.assert(
    fc.property(facts, ({ bytes, sender, id, intendedUs }) => {
      const payload = Buffer.from(new PayloadWriter(bytes, 5).write(sender, id, intendedUs));
      expect(payload).toHaveLength(bytes);
      const before = Buffer.from(payload);
      expect(isIntact(payload, sender, id)).toBe(true);
      expect(payload).toEqual(before);
      expect(payloadFacts(payload)).toEqual({ sender, id, intendedUs });
      const writer = new PayloadWriter(bytes, 5);
      writer.write((sender ^ 1) >>> 0, id, 0);
      expect(writer.write(sender, id, intendedUs)).toEqual(payload);
    }),
  );
});

test('a flipped bit, a missing byte and another sender or id are noticed', () => {
  fc.assert(
    fc.property(facts, fc.nat(), fc.nat(7), ({ bytes, sender, id, intendedUs }, where, bit) => {
      const payload = Buffer.from(new PayloadWriter(bytes, 5).write(sender, id, intendedUs));
      expect(isIntact(payload, (sender ^ 1) >>> 0, id)).toBe(false);
      expect(isIntact(payload, sender, id - 1)).toBe(false);
      expect(isIntact(payload.subarray(0, bytes - 1), sender, id)).toBe(false);
      const at = where % bytes;
      // The four spare bytes are covered as well.
      payload[at] = (payload[at] as number) ^ (1 << bit);
      expect(isIntact(payload, sender, id)).toBe(false);
    }),
  );
});

test('a payload too short for its header is refused', () => {
  expect(() => new PayloadWriter(PAYLOAD_HEADER_BYTES - 1, 0)).toThrow(RangeError);
});

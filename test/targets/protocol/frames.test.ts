import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Frame,
  FrameReader,
  FrameType,
  FrameWriter,
  NEWEST_VERSION,
  ProtocolError,
  VERSION,
} from '../../../targets/protocol/frames.ts';
import { writeFrame } from './write-frame.ts';

const name = fc.stringMatching(/^[A-Za-z0-9._@:-]{1,64}$/);
const number = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));
const payload = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
const reason = fc.string({ maxLength: 60 });
const code = fc.nat({ max: 65_535 });

const hello = { token: fc.stringMatching(/^[A-Za-z0-9._-]{0,300}$/), proof: bytes(32), cursor: number };
const u32 = fc.nat({ max: 2 ** 32 - 1 });

const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ type: fc.constant(FrameType.hello), version: fc.constant(VERSION), ...hello }),
  fc.record({ type: fc.constant(FrameType.hello), version: fc.constant(NEWEST_VERSION), ...hello, usedId: number }),
  fc.record({ type: fc.constant(FrameType.send), id: number, receipts: fc.boolean(), to: name, payload }),
  fc.record({ type: fc.constantFrom(FrameType.delivered, FrameType.read), seq: number }),
  fc.record({ type: fc.constant(FrameType.watch), user: name }),
  fc.record({ type: fc.constantFrom(FrameType.ping, FrameType.pong), nonce: fc.nat({ max: 2 ** 32 - 1 }) }),
  fc.record({ type: fc.constant(FrameType.bye) }),
  fc.record({ type: fc.constant(FrameType.challenge), challenge: bytes(16) }),
  fc.record(
    {
      type: fc.constant(FrameType.welcome),
      epoch: number,
      cursor: number,
      maxFrameBytes: u32,
      window: code,
      node: name,
      terms: fc.record({ highestId: number, maxMessageBytes: u32, maxUnanswered: u32, idleMs: u32 }),
    },
    { requiredKeys: ['type', 'epoch', 'cursor', 'maxFrameBytes', 'window', 'node'] },
  ),
  fc.record({ type: fc.constant(FrameType.ack), id: number }),
  fc.record({ type: fc.constant(FrameType.nack), id: number, code, reason }),
  fc.record({
    type: fc.constant(FrameType.deliver),
    seq: number,
    id: number,
    sentAtMs: number,
    again: fc.boolean(),
    from: name,
    payload,
  }),
  fc.record({ type: fc.constant(FrameType.receipt), kind: fc.constantFrom(1 as const, 2 as const), id: number, by: name }),
  fc.record({ type: fc.constant(FrameType.presence), online: fc.boolean(), lastSeenMs: number, user: name }),
  fc.record({ type: fc.constant(FrameType.error), code, reason }),
);

function readAll(message: Buffer): Frame[] {
  const reader = new FrameReader(message);
  const frames: Frame[] = [];
  for (let next = reader.next(); next !== null; next = reader.next()) frames.push(next);
  return frames;
}

test('any frames, written into one message, are read back as they were', () => {
  const writer = new FrameWriter();
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), (frames) => {
      for (const one of frames) writeFrame(writer, one);
      expect(readAll(writer.take())).toEqual(frames);
    }),
  );
});

test('a writer is empty after it was taken from, however large the message was', () => {
  const writer = new FrameWriter();
  writer.send(1, false, 'ben', Buffer.alloc(1_000_000));
  expect(writer.take().length).toBe(4 + 13 + 1_000_000);
  expect(writer.length).toBe(0);
  expect(writer.ping(1).take().length).toBe(8);
});

test('whatever the bytes, reading them gives frames or a ProtocolError, and nothing else', () => {
  const noise = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
  // A plausible header in front, so that bodies are reached.
  const near = fc
    .tuple(fc.constantFrom(...Object.values(FrameType)), fc.uint8Array({ maxLength: 60 }))
    .map(([type, body]) => Buffer.concat([Buffer.from([type, 0, 0, body.length]), body]));
  fc.assert(
    fc.property(fc.oneof(noise, near), (message) => {
      try {
        readAll(message);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 20_000 },
  );
});

test('a limit on frames holds whatever length the frame announces', () => {
  fc.assert(
    fc.property(fc.nat({ max: 200 }), fc.nat({ max: 400 }), (limit, size) => {
      const message = new FrameWriter().send(1, false, 'b', Buffer.alloc(size)).take();
      const read = () => new FrameReader(message, limit).next();
      if (message.length - 4 > limit) expect(read).toThrow(expect.objectContaining({ code: 2 }));
      else expect(read()).toMatchObject({ id: 1 });
    }),
  );
});

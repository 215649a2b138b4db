import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Frame, FrameReader, FrameType, FrameWriter, ProtocolError } from '../../../targets/protocol/frames.ts';
import { checkToken, issueToken, proofOf } from '../../../targets/protocol/token.ts';
import { GOLDEN_FILE, type GoldenVectors, goldenVectors } from './golden-vectors.ts';
import { writeFrame } from './write-frame.ts';

const LIMIT_BYTES = 65_536;
const golden = JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as GoldenVectors;

function plain(frame: Frame | null): unknown {
  return JSON.parse(
    JSON.stringify(frame, (_key, value: unknown) => {
      const { type, data } = (value ?? {}) as { type?: unknown; data?: number[] };
      return type === 'Buffer' ? Buffer.from(data as number[]).toString('hex') : value;
    }),
  );
}

test('the committed vectors are those worked out by hand', () => {
  expect(golden).toEqual(goldenVectors());
});

test('there is a vector for every type of frame', () => {
  expect(new Set(golden.frames.map(({ frame }) => frame.type))).toEqual(new Set(Object.values(FrameType)));
});

describe('a frame of the vectors', () => {
  test.each(golden.frames)('$name is read as it says', ({ hex, frame }) => {
    const reader = new FrameReader(Buffer.from(hex, 'hex'));
    expect(plain(reader.next())).toEqual(frame);
    expect(reader.next()).toBeNull();
  });

  test.each(golden.frames.filter(({ frame }) => frame.version !== 9))('$name is written as it says', ({ hex }) => {
    const writer = new FrameWriter();
    writeFrame(writer, new FrameReader(Buffer.from(hex, 'hex')).next() as Frame);
    expect(writer.take().toString('hex')).toBe(hex);
  });

  test.each(golden.frames)('$name is refused when cut short anywhere', ({ hex }) => {
    const bytes = Buffer.from(hex, 'hex');
    for (let length = 1; length < bytes.length; length++) {
      expect(() => new FrameReader(bytes.subarray(0, length)).next()).toThrow(ProtocolError);
    }
  });

  test('WELCOME of a later version is read as far as it is known, whatever follows', () => {
    const { hex, frame } = golden.frames.find(({ name }) => name === 'WELCOME of version 2') as GoldenVectors['frames'][number];
    const longer = Buffer.from(`${hex}ff00`, 'hex');
    longer[3] = longer.length - 4;
    expect(plain(new FrameReader(longer).next())).toEqual(frame);
  });
});

test.each(golden.refused)('$name is refused with code $code', ({ hex, code }) => {
  const reader = new FrameReader(Buffer.from(hex, 'hex'), LIMIT_BYTES);
  expect(() => reader.next()).toThrow(expect.objectContaining({ name: 'ProtocolError', code }));
});

describe('a token of the vectors', () => {
  test.each(golden.tokens)('$name is issued and proven as it says', ({ key, claims, token, secret, challenge, proof }) => {
    expect(issueToken(Buffer.from(key, 'hex'), claims)).toEqual({ token, secret });
    expect(proofOf(secret, Buffer.from(challenge, 'hex')).toString('hex')).toBe(proof);
  });

  test.each(golden.tokens)('$name is accepted until it expires', ({ key, claims, token, challenge, proof }) => {
    const at = (nowMs: number) =>
      checkToken(
        Buffer.from(key, 'hex'),
        { token, proof: Buffer.from(proof, 'hex'), challenge: Buffer.from(challenge, 'hex') },
        nowMs,
      );
    expect(at(claims.expiresAt * 1000 - 1)).toEqual({ ok: true, claims });
    expect(at(claims.expiresAt * 1000)).toMatchObject({ ok: false, code: 4 });
  });
});

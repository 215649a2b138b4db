/** The parts of the k6 scripts that need no k6: frames like the protocol's own, arrivals, and the joining of modules. */
import { describe, expect, test } from 'vitest';
import { arrivalsOf, randomOf } from '../../../../../harness/run/drivers/k6/script/arrivals.ts';
import * as frames from '../../../../../harness/run/drivers/k6/script/frames.ts';
import { joinedScript } from '../../../../../harness/run/drivers/k6/script-text.ts';
import { thresholdsOf } from '../../../../../harness/run/drivers/k6/thresholds.ts';
import { FrameWriter } from '../../../../../targets/protocol/frames.ts';

const bytes = (buffer: ArrayBuffer): Buffer => Buffer.from(buffer);
const buffer = (writer: FrameWriter): ArrayBuffer => new Uint8Array(writer.take()).buffer;

describe('frames of a k6 script', () => {
  const id = 2 ** 53 - 1;
  test('are those of the protocol, byte for byte', () => {
    const proof = Buffer.alloc(32, 7);
    const payload = Buffer.from('hello');
    const writer = () => new FrameWriter();
    expect(bytes(frames.helloFrame('a.token', new Uint8Array(proof).buffer, id))).toEqual(
      writer().hello('a.token', proof, id).take(),
    );
    expect(bytes(frames.helloFrame('a.token', new Uint8Array(proof).buffer, 3, id))).toEqual(
      writer().hello('a.token', proof, 3, id).take(),
    );
    expect(bytes(frames.sendFrame(id, true, 'u17', payload))).toEqual(writer().send(id, true, 'u17', payload).take());
    expect(bytes(frames.sendFrame(1, false, 'u1', payload))).toEqual(writer().send(1, false, 'u1', payload).take());
    expect(bytes(frames.deliveredFrame(id))).toEqual(writer().delivered(id).take());
    expect(bytes(frames.readFrame(5))).toEqual(writer().read(5).take());
    expect(bytes(frames.pingFrame())).toEqual(writer().ping(0).take());
    expect(bytes(frames.byeFrame())).toEqual(writer().bye().take());
  });

  test('are read as the protocol writes them, several in a message', () => {
    const payload = Buffer.alloc(16);
    payload.writeDoubleBE(1234.5, 0);
    const message = buffer(
      new FrameWriter()
        .challenge(Buffer.alloc(16, 9))
        .welcome({
          epoch: 1,
          cursor: 77,
          maxFrameBytes: 1000,
          window: 10,
          node: 'n1',
          terms: { highestId: id, maxMessageBytes: 1, maxUnanswered: 1, idleMs: 1 },
        })
        .ack(id)
        .nack(3, 7, 'slow down')
        .deliver({ seq: 78, id: 4, sentAtMs: 99, again: false, from: 'u3', payload })
        .error(17, '127.0.0.1:80')
        .pong(0),
    );
    const [challenge, ...others] = frames.framesOf(message);
    expect(challenge).toMatchObject({ type: 'challenge', challenge: new Uint8Array(16).fill(9).buffer });
    expect(others.map(({ type }) => type)).toEqual(['welcome', 'ack', 'nack', 'deliver', 'error', 'other']);
    expect(others).toMatchObject([
      { cursor: 77 },
      { id },
      { id: 3, code: 7 },
      { seq: 78 },
      { code: 17, reason: '127.0.0.1:80' },
      {},
    ]);
    const [, , , deliver] = others;
    expect(deliver?.type === 'deliver' && deliver.payload.byteLength).toBe(16);
    expect(deliver?.type === 'deliver' && deliver.payload.getFloat64(0)).toBe(1234.5);
  });

  test('that end outside their message are refused', () => {
    expect(() => frames.framesOf(buffer(new FrameWriter().ack(1)).slice(0, 10))).toThrow('2 bytes after its message');
  });
});

describe('arrivals of a k6 script', () => {
  const times = (user: number, users: number, random: (() => number) | null): number[] => {
    const next = arrivalsOf(
      [
        { fromMs: -1_000, toMs: 0, fromPerSecond: 10, toPerSecond: 10 },
        { fromMs: 0, toMs: 10_000, fromPerSecond: 10, toPerSecond: 30 },
      ],
      user,
      users,
      random,
    );
    const all: number[] = [];
    for (let at = next(); at !== null; at = next()) all.push(at);
    return all;
  };

  test('of all users together equal the integral of the rate, in order, between beginning and end', () => {
    const all = [0, 1, 2, 3].map((user) => times(user, 4, null));
    expect(all.flat()).toHaveLength(210);
    for (const own of all) {
      expect(own).toEqual(own.toSorted((a, b) => a - b));
      expect(own[0]).toBeGreaterThanOrEqual(-1_000);
      expect(own.at(-1)).toBeLessThan(10_000);
    }
    expect(all.flat().filter((at) => at >= 5_000).length).toBeCloseTo(125, -1);
  });

  test('of a Poisson process match it on average, are repeated by the same seed and differ for another user', () => {
    const counts = Array.from({ length: 40 }, (_, user) => times(user, 40, randomOf(1, user)).length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(160);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThan(260);
    expect(times(3, 40, randomOf(1, 3))).toEqual(times(3, 40, randomOf(1, 3)));
    expect(times(3, 4, randomOf(1, 3))).not.toEqual(times(3, 4, randomOf(1, 4)));
  });
});

test('modules are joined without their relative imports, with the plan in place of the example', () => {
  const one = `/** One. */\nimport { hmac } from 'k6/crypto';\nimport {\n  type A,\n  b,\n} from './two.ts';\nexport const x = 1;\n`;
  const two = `export interface Plan {\n  readonly n: number;\n}\n\nexport const plan: Plan = {\n  n: 0,\n};\n`;
  const last = `import { hmac } from 'k6/crypto';\nimport { plan } from './two.ts';\nexport const options = { vus: plan.n };\n`;
  expect(joinedScript('/** Head. */', [one, two, last], { n: 5, text: "$' $&" })).toBe(
    `/** Head. */\n\nimport { hmac } from 'k6/crypto';\n\n/** One. */\nconst x = 1;\n\ninterface Plan {\n  readonly n: number;\n}\n\nconst plan: Plan = {\n  "n": 5,\n  "text": "$' $&"\n};\n\nexport const options = { vus: plan.n };\n`,
  );
  expect(() => joinedScript('', [one, last], {})).toThrow(RangeError);
});

test('expectations become thresholds in milliseconds, if k6 measures them', () => {
  const us = { comparator: '<' as const, limit: 50_500, unit: 'us' as const, source: '< 50.5ms' };
  const share = { comparator: '=' as const, limit: 0, unit: 'share' as const, source: '= 0%' };
  const given = [
    { metric: 'response.p99.9', ...us },
    { metric: 'errors', ...share },
    { metric: 'delivery.lost', ...share },
    { metric: 'http.p95', ...us },
  ];
  expect(thresholdsOf(given, 'native')).toEqual({
    thresholds: { letitcrash_response: ['p(99.9)<50.5'], letitcrash_errors: ['rate==0'] },
    others: [given[2], given[3]],
  });
  expect(thresholdsOf(given, 'http').thresholds).toEqual({ http_req_duration: ['p(95)<50.5'] });
});

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NameTable } from '../../../../../targets/reference/runtime/distribution/name-table.ts';
import { MAX_DEPTH } from '../../../../../targets/reference/runtime/distribution/term-format.ts';
import { MalformedTerm, TermReader } from '../../../../../targets/reference/runtime/distribution/term-reader.ts';
import { TermWriter } from '../../../../../targets/reference/runtime/distribution/term-writer.ts';
import { makeReference, type Pid, type Reference, RuntimeError } from '../../../../../targets/reference/runtime/index.ts';
import '../rig.ts';
import { anyText } from '../../../../any-text.ts';

const sender = { name: 'sender', creation: 1_790_000_000_000 };
const receiver = { name: 'receiver', creation: 7 };
const atSender = new NameTable(sender);
const atReceiver = new NameTable(receiver);
const writer = new TermWriter(sender, atSender);
const reader = new TermReader({
  pidOfSender: (serial) => atReceiver.node(sender.name, sender.creation).pid(serial),
  pidOfReceiver: (serial) => atReceiver.self.pid(serial),
  pidOfOther: (name, creation, serial) => atReceiver.node(name, creation).pid(serial),
  referenceOfSender: (id, caller) => atReceiver.node(sender.name, sender.creation).reference(id, caller),
  referenceOfReceiver: (id) => atReceiver.self.reference(id, null),
  referenceOfOther: (name, creation, id, caller) => atReceiver.node(name, creation).reference(id, caller),
});

function encode(term: unknown): Buffer {
  writer.begin(receiver, 99);
  writer.term(term, 'it');
  return Buffer.from(writer.finish());
}

function decode(bytes: Buffer): unknown {
  reader.begin(bytes);
  const term = reader.term();
  reader.finish();
  return term;
}

const number = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.nat({ max: 300 }),
  fc.constantFrom(0, -0, 127, 128, -1, 2 ** 28, 2 ** 28 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 53),
);
const string = fc.oneof(
  fc.string({ maxLength: 100 }),
  anyText({ maxLength: 100 }),
  // Code units, also halves of pairs: a string of JavaScript need not be Unicode.
  fc.array(fc.nat({ max: 0xffff }), { maxLength: 80 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', 'é', '__proto__', 'constructor', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), 'ÿ'.repeat(5000)),
);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const node = fc.constantFrom(sender, receiver, { name: 'third', creation: 3 });
const pid = fc.tuple(node, fc.maxSafeInteger().map(Math.abs)).map(([{ name, creation }, serial]) => {
  return { name, creation, serial };
});
/** Pids and references are made when the term is used: the generator's values must stay plain. */
const term = fc.letrec((tie) => ({
  term: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, undefined, true, false),
    number,
    string,
    bytes,
    pid.map(({ name, creation, serial }) => new PidOf(name, creation, serial)),
    fc.array(tie('term'), { maxLength: 6 }),
    fc.dictionary(string, tie('term'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).term;

class PidOf {
  readonly name: string;
  readonly creation: number;
  readonly serial: number;
  constructor(name: string, creation: number, serial: number) {
    this.name = name;
    this.creation = creation;
    this.serial = serial;
  }
}

/** The term as somebody holds it whose names are in this table. */
function heldBy(table: NameTable, value: unknown): unknown {
  if (value instanceof PidOf) return table.node(value.name, value.creation).pid(value.serial);
  if (Array.isArray(value)) return value.map((each) => heldBy(table, each));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const held: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    Object.defineProperty(held, key, { value: heldBy(table, field), enumerable: true, configurable: true, writable: true });
  }
  return held;
}

describe('the term codec', () => {
  test('every term arrives as it was sent, its pids as the receiver knows them', () => {
    fc.assert(
      fc.property(term, (each) => {
        const held = heldBy(atReceiver, each);
        const arrived = decode(encode(heldBy(atSender, each)));
        // vitest's own comparison trips over objects with a key `constructor`.
        if (!isDeepStrictEqual(arrived, held)) expect(arrived).toStrictEqual(held);
      }),
      { numRuns: 2000 },
    );
  });

  test('a signal keeps nothing of the one before', () => {
    expect(decode(encode({ a: 'x'.repeat(3_000_000), b: [1] }))).toMatchObject({ b: [1] });
    expect(encode('after').length).toBe(7);
  });

  test('references keep their home: of the sender, of the receiver, of a third', () => {
    const own = makeReference();
    const [first, again] = decode(encode([own, own])) as Reference[];
    expect(first).toBe(again);
    expect(String(first)).toBe(`#Ref<sender.${sender.creation}.${own.id}>`);
    const theirs = atSender.node(receiver.name, receiver.creation).reference(5, null);
    expect(decode(encode(theirs))).toBe(atReceiver.self.reference(5, null));
    const caller = atSender.node('third', 3).pid(8);
    const third = atSender.node('third', 3).reference(6, caller);
    expect(String(decode(encode(third)))).toBe('#Ref<third.3.6>');
    expect((decode(encode(third)) as { caller: Pid }).caller).toBe(atReceiver.node('third', 3).pid(8));
    expect(atSender.own(own.id)).toBe(own);
  });

  test('bytes arrive as a Buffer that is a view of the signal', () => {
    const signal = encode(new Uint8Array([1, 2, 3]));
    const arrived = decode(signal) as Buffer;
    expect(Buffer.isBuffer(arrived) && arrived.buffer === signal.buffer).toBe(true);
    expect([...arrived]).toEqual([1, 2, 3]);
  });

  test.each([
    ['a function', () => {}],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['an instance', new PidOf('a', 1, 1)],
  ])('%s is refused with its place', (_, value) => {
    for (const [held, place] of [
      [value, 'it '],
      [[1, { deep: value }], 'it[1].deep '],
    ] as const) {
      expect(() => encode(held)).toThrow(RuntimeError);
      expect(() => encode(held)).toThrow(place);
    }
  });

  test('terms may be nested up to the limit, and no deeper, on either side', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 'core' : [nested(depth - 1)]);
    expect(decode(encode(nested(MAX_DEPTH)))).toEqual(nested(MAX_DEPTH));
    expect(() => encode(nested(MAX_DEPTH + 1))).toThrow('nested deeper than');
    const tooDeep = Buffer.concat([Buffer.alloc(1), Buffer.from('\x0a\x01'.repeat(100_000), 'latin1'), Buffer.alloc(1)]);
    expect(() => decode(tooDeep)).toThrow(MalformedTerm);
  });

  test('a false length or count costs neither time nor memory', () => {
    for (const tag of [7, 8, 9, 10]) {
      const lie = Buffer.from([0, tag, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]);
      expect(() => decode(lie)).toThrow(MalformedTerm);
    }
  });

  test('bytes that are not a term are refused, whatever they are', () => {
    const mutated = fc
      .tuple(term, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 5 }), fc.nat())
      .map(([each, changes, cut]) => {
        const signal = encode(heldBy(atSender, each));
        for (const [at, byte] of changes) signal[1 + (at % (signal.length - 1))] = byte;
        return cut % 3 === 0 ? signal.subarray(0, 1 + (cut % signal.length)) : signal;
      });
    const arbitrary = fc.oneof(
      mutated,
      fc.uint8Array({ minLength: 1, maxLength: 400 }).map((array) => Buffer.from(array)),
    );
    let refused = 0;
    fc.assert(
      fc.property(arbitrary, (signal) => {
        try {
          decode(signal);
        } catch (thrown) {
          if (!(thrown instanceof MalformedTerm)) throw thrown;
          refused++;
        }
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

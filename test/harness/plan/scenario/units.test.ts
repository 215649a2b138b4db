import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseBytes,
  parseBytesPerSecond,
  parseDurationMs,
  parseRatePerSecond,
  parseShare,
  parseSharePerSecond,
  type Quantity,
} from '../../../../harness/plan/scenario/units.ts';

const value = (quantity: Quantity): number => (quantity.ok ? quantity.value : Number.NaN);

describe('quantities', () => {
  test.each([
    ['500us', 0.5],
    ['250ms', 250],
    ['1.5s', 1500],
    ['0.1s', 100],
    ['2m', 120_000],
    ['1h', 3_600_000],
    [' 3 s ', 3000],
    ['0', 0],
    [0, 0],
  ])('the duration %s is %d ms', (written, ms) => expect(value(parseDurationMs(written))).toBe(ms));

  test.each([
    ['100B', 100],
    ['20KB', 20_000],
    ['4KiB', 4096],
    ['1.5MiB', 1_572_864],
    ['2GB', 2e9],
  ])('the size %s is %d bytes', (written, bytes) => expect(value(parseBytes(written))).toBe(bytes));

  test.each([
    ['2000/s', 2000],
    ['60/m', 1],
    ['3600/h', 1],
    ['0.5/s', 0.5],
  ])('the rate %s is %d a second', (written, rate) => expect(value(parseRatePerSecond(written))).toBe(rate));

  test.each([
    ['100KB/s', 100_000],
    ['1.5 MB/s', 1_500_000],
    ['10Mbit/s', 1_250_000],
    ['64kbit/s', 8_000],
  ])('the data rate %s is %d bytes a second', (written, rate) => expect(value(parseBytesPerSecond(written))).toBe(rate));

  test('can be percentages or fractions, per unit of time if asked for', () => {
    expect(value(parseShare('10%'))).toBe(0.1);
    expect(value(parseShare(0.25))).toBe(0.25);
    expect(value(parseSharePerSecond('2%/s'))).toBe(0.02);
    expect(value(parseSharePerSecond('60%/m'))).toBe(0.01);
    expect(value(parseSharePerSecond('0.02/s'))).toBe(0.02);
  });

  test.each([
    [30],
    ['30'],
    ['30 bananas'],
    ['-3s'],
    ['s'],
    [''],
    [null],
    [{}],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['1e9s'],
  ])('%j is not a duration, and the message shows an example', (written) => {
    const parsed = parseDurationMs(written);
    expect(parsed.ok).toBe(false);
    expect(parsed).toMatchObject({ message: expect.stringContaining('250ms, 10s') });
  });

  test('that are a share per time are neither shares nor rates', () => {
    expect(parseSharePerSecond('2%').ok).toBe(false);
    expect(parseRatePerSecond('2%/s').ok).toBe(false);
    expect(parseShare('2%/s').ok).toBe(false);
  });

  test('in any unit give exact whole numbers', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (n) => {
        expect(value(parseDurationMs(`${n}s`))).toBe(n * 1000);
        expect(value(parseBytes(`${n}KiB`))).toBe(n * 1024);
        expect(value(parseRatePerSecond(`${n}/s`))).toBe(n);
      }),
    );
  });

  test('never make a parser throw, and are numbers from 0 when accepted', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (thing, text) => {
        for (const parser of [parseDurationMs, parseBytes, parseRatePerSecond, parseShare, parseSharePerSecond]) {
          for (const parsed of [parser(thing), parser(text)]) if (parsed.ok) expect(parsed.value).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

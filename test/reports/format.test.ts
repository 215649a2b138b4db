import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, formatBytes, formatInUnit, formatMs, formatUs } from '../../reports/format.ts';

describe('numbers in reports', () => {
  it('have three significant digits and the unit that fits', () => {
    expect([0, 0.4, 9.994, 850, 999.6, 12_412, 999_950, 1_020_000].map(formatUs)).toEqual([
      '0 µs',
      '0.40 µs',
      '9.99 µs',
      '850 µs',
      '1.00 ms',
      '12.4 ms',
      '1.00 s',
      '1.02 s',
    ]);
    expect([0, 999.4, 61_200].map(formatMs)).toEqual(['0 ms', '999 ms', '61.2 s']);
    expect([8_214, 99_999, 100_000, 102_432_768].map(formatBytes)).toEqual(['8,214 B', '99,999 B', '100 kB', '102 MB']);
  });

  it('say when something was not measured, and keep an unknown unit', () => {
    expect(formatUs(null)).toBe('not measured');
    expect(formatInUnit(3, 'bananas')).toBe('3 bananas');
    expect(formatInUnit(0.0123, 'share')).toBe('1.23%');
    expect(formatInUnit(1, 'truth')).toBe('yes');
  });

  it('differ from the value by less than half a per cent', () => {
    const unit = { µs: 1, ms: 1e3, s: 1e6 } as const;
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1e9, noNaN: true }), (us) => {
        const [value, name] = formatUs(us).split(' ') as [string, keyof typeof unit];
        const read = Number(value.replaceAll(',', '')) * unit[name];
        expect(Math.abs(read - us) / us).toBeLessThan(us < 1 ? 0.06 : 0.0051);
      }),
    );
  });

  it('clip a text without splitting a surrogate pair', () => {
    expect(clip('ab😀cd', 4)).toBe('ab…');
    expect(clip('abcd', 4)).toBe('abcd');
  });
});

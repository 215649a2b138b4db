import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Axis,
  formatOffset,
  linearAxis,
  logAxis,
  niceStep,
  percentileAxis,
  rangeAxis,
  ratioAxis,
  timeAxis,
} from '../../reports/charts/axis.ts';
import { visibleTicks } from '../../reports/charts/frame.ts';
import { foldSlots, highest, total } from '../../reports/charts/series.ts';
import { formatTick } from '../../reports/format.ts';

const value = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const ordered = (axis: Axis, a: number, b: number): boolean => axis.position(Math.min(a, b)) <= axis.position(Math.max(a, b));

describe('axes', () => {
  it('keep order and stay between 0 and 1, with at most fifty ticks, all on the axis', () => {
    fc.assert(
      fc.property(value, value, value, (max, a, b) => {
        const axes = [linearAxis(max, 5, String), timeAxis(max, 10), logAxis(a, max, String), percentileAxis(99.999)];
        for (const axis of axes) {
          expect(ordered(axis, a, b)).toBe(true);
          for (const position of [a, b, ...axis.ticks.map((tick) => tick.value)].map(axis.position)) {
            expect(position).toBeGreaterThanOrEqual(0);
            expect(position).toBeLessThanOrEqual(1);
          }
          expect(axis.ticks.length).toBeLessThanOrEqual(50);
        }
      }),
    );
  });

  it('have steps of one, two or five times a power of ten', () => {
    expect([26, 1.3, 9_900, 0.04].map((span) => niceStep(span, 5))).toEqual([10, 0.5, 2000, 0.01]);
  });

  it('put each further nine of a percentile equally far from the one before', () => {
    const { position, ticks } = percentileAxis(99.99);
    expect(ticks.map(({ label }) => label)).toEqual(['0', 'p50', 'p90', 'p99', 'p99.9', 'p99.99']);
    expect([90, 99, 99.9, 99.99].map((percentile) => Number(position(percentile).toFixed(6)))).toEqual([0.25, 0.5, 0.75, 1]);
    expect(position(100)).toBe(1);
  });

  it('leave out labels for want of room so that an even axis stays even, and others keep all that fit', () => {
    const plot = (width: number) => ({ left: 0, top: 0, width, height: 100 });
    const labels = (axis: Axis, width: number): string[] => visibleTicks(axis, plot(width)).map(({ label }) => label);
    expect(labels(timeAxis(17_000, 10), 900)).toEqual(['0 s', '2 s', '4 s', '6 s', '8 s', '10 s', '12 s', '14 s', '16 s']);
    // Only the labels of two digits run into each other.
    expect(labels(timeAxis(17_000, 10), 270)).toEqual(['0 s', '4 s', '8 s', '12 s', '16 s']);
    expect(labels(timeAxis(17_000, 10), 10)).toEqual(['0 s']);
    expect(labels(percentileAxis(99.99), 150)).toEqual(['0', 'p90', 'p99', 'p99.9']);
  });

  it('write times the way people read them', () => {
    expect([formatOffset(12_500, 100), formatOffset(200_000, 10_000), formatOffset(7_384_000, 60_000)]).toEqual([
      '12.5 s',
      '3:20 min',
      '2:03:04 h',
    ]);
  });
});

describe('folding slots', () => {
  it('loses no count and keeps the highest value', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 500 }), fc.integer({ min: 1, max: 100 }), (column, limit) => {
        const { size, starts } = foldSlots(column.length, limit);
        expect(starts.length).toBeLessThanOrEqual(limit);
        const sum = starts.reduce((so, start) => so + total(column, size, start), 0);
        expect(sum).toBe(column.reduce((so, count) => so + count, 0));
        const top = starts.reduce((so, start) => Math.max(so, highest(column, size, start) ?? 0), 0);
        expect(top).toBe(Math.max(0, ...column));
      }),
    );
  });
});

it('ticks of a range can be told apart, whatever their size', () => {
  const finite = fc.double({ min: 1, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(
      finite,
      fc.double({ min: 1e-5, max: 10, noNaN: true }),
      fc.constantFrom('us', 'ms', 'bytes', '/s', 'share'),
      (low, span, unit) => {
        const { ticks, position } = rangeAxis(low, low * (1 + span), 5, (value, digits) => formatTick(value, unit, digits));
        if (unit === 'bytes' && low * span < 10) return;
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
        expect(position(low)).toBeGreaterThanOrEqual(0);
        expect(position(low)).toBeLessThan(position(low * (1 + span)));
      },
    ),
  );
  expect(
    rangeAxis(63_500_000, 63_620_000, 4, (value, digits) => formatTick(value, 'bytes', digits)).ticks.map(({ label }) => label),
  ).toEqual(['63.5 MB', '63.55 MB', '63.6 MB', '63.65 MB']);
});

it('a ratio axis has equality in the middle, with double and half equally far from it', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { maxLength: 10 }), (ratios) => {
      const axis = ratioAxis(ratios, 8, String);
      expect(axis.ticks.map(({ value: at }) => at)).toContain(1);
      expect(axis.ticks.length).toBeLessThanOrEqual(17);
      const wide = ratioAxis([0.25, 4], 8, String);
      expect(wide.position(2) - wide.position(1)).toBeCloseTo(wide.position(1) - wide.position(0.5), 9);
    }),
  );
});

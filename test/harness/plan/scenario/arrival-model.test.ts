import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedMessages, peakRate } from '../../../../harness/plan/scenario/arrival-model.ts';

describe('arrival models', () => {
  test('offer the rate that their shape says', () => {
    expect(expectedMessages({ kind: 'poisson', ratePerSecond: 100 }, 2500)).toBe(250);
    expect(expectedMessages({ kind: 'ramp', fromPerSecond: 0, toPerSecond: 100 }, 2000)).toBe(100);
    expect(expectedMessages({ kind: 'spike', basePerSecond: 10, peakPerSecond: 110, atMs: 1000, forMs: 500 }, 4000)).toBe(90);
    const steps = [
      { atMs: 0, ratePerSecond: 10 },
      { atMs: 1000, ratePerSecond: 20 },
    ];
    expect(expectedMessages({ kind: 'step', steps }, 3000)).toBe(50);
    expect(peakRate({ kind: 'step', steps })).toBe(20);
  });

  test('do not offer more than their peak on average', () => {
    const rate = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 1, max: 100_000 }), (fromPerSecond, toPerSecond, ms) => {
        const model = { kind: 'ramp', fromPerSecond, toPerSecond } as const;
        expect(expectedMessages(model, ms)).toBeLessThanOrEqual((peakRate(model) * ms) / 1000 + 1e-6);
      }),
    );
  });
});

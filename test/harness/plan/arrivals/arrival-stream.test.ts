import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { createArrivals } from '../../../../harness/plan/arrivals/arrival-models.ts';
import type { ArrivalModel } from '../../../../harness/plan/scenario/plan.ts';

/** The model's rate at a time, per second, from its definition. */
function rateAt(model: ArrivalModel, ms: number, durationMs: number): number {
  switch (model.kind) {
    case 'constant':
    case 'poisson':
      return model.ratePerSecond;
    case 'ramp':
      return model.fromPerSecond + ((model.toPerSecond - model.fromPerSecond) * ms) / durationMs;
    case 'step':
      return [...model.steps].sort((a, b) => a.atMs - b.atMs).findLast((step) => step.atMs <= ms)?.ratePerSecond ?? 0;
    case 'spike':
      return ms >= model.atMs && ms < model.atMs + model.forMs ? model.peakPerSecond : model.basePerSecond;
  }
}

/** Integral of the rate up to `ms`, by the midpoint rule in steps of a millisecond. */
function expectedBy(model: ArrivalModel, ms: number, durationMs: number): number {
  let sum = 0;
  for (let at = 0; at < ms; at++) sum += rateAt(model, at + 0.5, durationMs) / 1e3;
  return sum;
}

function all(model: ArrivalModel, durationMs: number, index = 0, of = 1, seed = 1): number[] {
  const stream = createArrivals(model, durationMs, { index, of }, new Random(seed, 'arrivals', index));
  const times: number[] = [];
  for (let next = stream.next(); next !== null; next = stream.next()) times.push(next);
  return times;
}

const rate = fc.integer({ min: 0, max: 2_000 });
const even: fc.Arbitrary<ArrivalModel> = fc.oneof(
  rate.map((ratePerSecond) => ({ kind: 'constant', ratePerSecond }) as const),
  fc.tuple(rate, rate).map(([fromPerSecond, toPerSecond]) => ({ kind: 'ramp', fromPerSecond, toPerSecond }) as const),
  fc
    .uniqueArray(fc.record({ atMs: fc.nat(4_000), ratePerSecond: rate }), {
      minLength: 1,
      maxLength: 5,
      selector: (step) => step.atMs,
    })
    .map((steps) => ({ kind: 'step', steps }) as const),
  fc
    .tuple(rate, rate, fc.nat(4_000), fc.nat(2_000))
    .map(
      ([basePerSecond, peakPerSecond, atMs, forMs]) => ({ kind: 'spike', basePerSecond, peakPerSecond, atMs, forMs }) as const,
    ),
);
const duration = fc.integer({ min: 1, max: 3_000 });

describe('the models that are not random', () => {
  test('never differ from the integral of their rate by more than one arrival, at any time', () => {
    fc.assert(
      fc.property(even, duration, (model, durationMs) => {
        const times = all(model, durationMs);
        for (const ms of [durationMs / 4, durationMs / 2, durationMs].map(Math.floor)) {
          const count = times.filter((us) => us < ms * 1e3).length;
          expect(Math.abs(count - expectedBy(model, ms, durationMs))).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('give W workers parts that together are exactly the whole', () => {
    fc.assert(
      fc.property(even, duration, fc.integer({ min: 1, max: 7 }), (model, durationMs, workers) => {
        const parts = Array.from({ length: workers }, (_, index) => all(model, durationMs, index, workers));
        expect(parts.flat().sort((a, b) => a - b)).toEqual(all(model, durationMs));
        const sizes = parts.map((part) => part.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('never go back in time and never leave the load', () => {
    fc.assert(
      fc.property(even, duration, (model, durationMs) => {
        const times = all(model, durationMs);
        expect(times.every((us, index) => index === 0 || us >= (times[index - 1] as number))).toBe(true);
        expect(times.every((us) => us >= 0 && us <= durationMs * 1e3)).toBe(true);
      }),
    );
  });

  test('space a constant rate evenly', () => {
    expect(all({ kind: 'constant', ratePerSecond: 4 }, 1_000)).toEqual([125_000, 375_000, 625_000, 875_000]);
  });
});

describe('poisson arrivals', () => {
  const model = { kind: 'poisson', ratePerSecond: 1_000 } as const;

  test('have the whole rate over all workers, within five standard deviations', () => {
    for (const workers of [1, 2, 5]) {
      const times = Array.from({ length: workers }, (_, index) => all(model, 60_000, index, workers)).flat();
      expect(Math.abs(times.length - 60_000)).toBeLessThan(5 * Math.sqrt(60_000));
    }
  });

  test('have exponential gaps, also over all workers together', () => {
    const times = [...all(model, 60_000, 0, 2), ...all(model, 60_000, 1, 2)].sort((a, b) => a - b);
    const gaps = times.slice(1).map((us, i) => (us - (times[i] as number)) / 1_000);
    const above = (gap: number): number => gaps.filter((one) => one > gap).length / gaps.length;
    for (const gap of [0.1, 0.5, 1, 2, 4]) expect(above(gap)).toBeCloseTo(Math.exp(-gap), 1.9);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(variance / mean ** 2).toBeCloseTo(1, 1);
  });

  test('repeat with the seed and differ without it', () => {
    expect(all(model, 1_000, 1, 3, 42)).toEqual(all(model, 1_000, 1, 3, 42));
    expect(all(model, 1_000, 1, 3, 42)).not.toEqual(all(model, 1_000, 1, 3, 43));
    expect(all(model, 1_000, 1, 3, 42)).not.toEqual(all(model, 1_000, 2, 3, 42));
  });

  test('never come at rate zero', () => {
    expect(all({ kind: 'poisson', ratePerSecond: 0 }, 1_000)).toEqual([]);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { censoredQuantile } from '../../harness/evidence/stats/kaplan-meier.ts';
import { recoveredCurve, type WatchedClock } from '../../reports/survival.ts';

test('a repeat that was cut off counts until then, and no longer', () => {
  const clocks = [
    { ms: 100, watchedMs: 900 },
    { ms: null, watchedMs: 200 },
    { ms: 300, watchedMs: 900 },
    { ms: null, watchedMs: 900 },
  ];
  expect(recoveredCurve(clocks)).toEqual({
    steps: [
      [0, 0],
      [100, 0],
      [100, 0.25],
      [300, 0.25],
      [300, 0.625],
      [900, 0.625],
    ],
    cut: [
      [200, 0.25],
      [900, 0.625],
    ],
  });
});

const clock = fc.record({ ms: fc.option(fc.integer({ min: 0, max: 50 })), watchedMs: fc.integer({ min: 1, max: 60 }) });

test('the curve passes q at the quantile that the statistics give', () => {
  fc.assert(
    fc.property(
      fc.array(clock, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(0.25, 0.5, 0.9),
      (clocks: WatchedClock[], q) => {
        const came = clocks.flatMap(({ ms }) => (ms === null ? [] : [ms]));
        const watched = clocks.flatMap(({ ms, watchedMs }) => (ms === null ? [watchedMs] : []));
        const reached = recoveredCurve(clocks).steps.find(([, share]) => share >= q - 1e-9);
        expect(reached?.[0] ?? null).toBe(censoredQuantile({ came, watched }, q).value);
      },
    ),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scenarios, schedules } from '../../../../harness/front/library/fast-check.ts';
import { plan } from '../../../../harness/front/library/index.ts';
import { reference } from '../../../../targets/reference/target.ts';

test('every scenario that is drawn can be planned as it is', async () => {
  const drawn = scenarios({ target: { use: 'reference', nodes: 3 }, suffers: reference });
  await fc.assert(
    fc.asyncProperty(drawn, async (scenario) => {
      const planned = await plan(scenario);
      expect(planned.faults.length).toBe(scenario.faults?.length);
      expect(planned.seed).toBe(scenario.seed);
    }),
    { numRuns: 200, endOnFailure: true },
  );
});

test('a schedule is plain data of the kinds asked for, in order of time, within the load, and so is each of its sublists', () => {
  const drawn = schedules({
    target: reference,
    users: 40,
    nodes: 2,
    durationMs: 3_000,
    maxFaults: 4,
    kinds: ['kill-node', 'partition'],
  });
  const kinds = new Set<string>();
  fc.assert(
    fc.property(drawn, (steps) => {
      for (const { kind } of steps) kinds.add(kind);
      const times = steps.map(({ at }) => Number.parseFloat(String(at)));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(steps.length).toBeLessThanOrEqual(4);
      expect(Math.max(0, ...times)).toBeLessThan(3_000);
      expect(structuredClone(steps)).toEqual(steps);
    }),
    { numRuns: 200 },
  );
  expect([...kinds].sort()).toEqual(['kill-node', 'partition']);
});

test('a failing schedule shrinks to the fault that matters', () => {
  const drawn = schedules({ target: ['kill-node'], users: 40, durationMs: 3_000 });
  const { counterexample } = fc.check(
    fc.property(drawn, (steps) => !steps.some(({ kind }) => kind === 'kill-node')),
    { numRuns: 500, seed: 1 },
  );
  expect(counterexample?.[0].map(({ kind }) => kind)).toEqual(['kill-node']);
});

test('a target that can suffer no fault has no schedules', () => {
  expect(() => schedules({ target: [], users: 4, durationMs: 1_000, kinds: ['kill-node'] })).toThrow(/no kind of fault/);
});

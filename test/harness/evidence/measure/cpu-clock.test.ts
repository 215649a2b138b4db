import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CpuClock } from '../../../../harness/evidence/measure/cpu-clock.ts';

const threads = (used: Readonly<Record<string, number>>): ReadonlyMap<string, number> => new Map(Object.entries(used));
/** As the kernel reports it. */
const ticks = (us: number): number => Math.floor(us / 10_000) * 10_000;

test('a process whose thread has ended is still read to the microsecond, although only the rounded total knows that thread', () => {
  const clock = new CpuClock();
  const endedUs = 113_482;
  const at = (livingUs: number): number =>
    clock.read({ ticksUs: ticks(livingUs + endedUs), threadsUs: threads({ 1: livingUs }) });
  const first = at(200_000);
  expect(at(203_456) - first).toBe(3_456);
  expect(at(700_001) - first).toBe(500_001);
  expect(first).toBeGreaterThan(200_000 + endedUs - 20_000);
  expect(first).toBeLessThanOrEqual(200_000 + endedUs);
});

test('the time of a thread that ends between two readings is kept, and so is that of one that was never seen', () => {
  const clock = new CpuClock();
  clock.read({ ticksUs: 300_000, threadsUs: threads({ 1: 100_000, 2: 200_000 }) });
  expect(clock.read({ ticksUs: 300_000, threadsUs: threads({ 1: 101_000 }) })).toBe(301_000);
  // The id was given to another thread.
  expect(clock.read({ ticksUs: 300_000, threadsUs: threads({ 1: 2_000 }) })).toBe(303_000);
  expect(clock.read({ ticksUs: 500_000, threadsUs: threads({ 1: 2_000 }) })).toBe(500_000);
});

test('without statistics of the scheduler, hundredths of a second are all there is', () => {
  expect(new CpuClock().read({ ticksUs: 120_000, threadsUs: null })).toBe(120_000);
});

test('whatever threads come and go, a reading never falls, and lies less than 40 ms below the truth', () => {
  const step = fc.record({ works: fc.nat(50_000), ends: fc.boolean(), begins: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const clock = new CpuClock();
      const living = new Map<string, number>([['0', 0]]);
      let endedUs = 0;
      let last = 0;
      for (const [index, { works, ends, begins }] of steps.entries()) {
        for (const [thread, us] of living) living.set(thread, us + works);
        const [oldest] = living.keys();
        if (ends && living.size > 1 && oldest !== undefined) {
          endedUs += living.get(oldest) ?? 0;
          living.delete(oldest);
        }
        if (begins) living.set(`t${index}`, 0);
        const trueUs = [...living.values()].reduce((sum, us) => sum + us, endedUs);
        const read = clock.read({ ticksUs: ticks(trueUs), threadsUs: new Map(living) });
        expect(read).toBeGreaterThanOrEqual(last);
        expect(read).toBeLessThanOrEqual(trueUs);
        expect(read).toBeGreaterThan(trueUs - 40_000);
        last = read;
      }
    }),
  );
});

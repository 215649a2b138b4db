import { expect, test } from 'vitest';
import { blockInvalidity } from '../../../../harness/studies/compare/block-validity.ts';
import { syntheticBlocks } from './synthetic-blocks.ts';

const runs = syntheticBlocks(1, 1)[0]?.runs ?? [];
const but = (change: object) => runs.map((run, index) => (index === 2 ? { ...run, ...change } : run));

test('an undisturbed block is evidence', () => {
  expect(blockInvalidity(runs, [])).toEqual([]);
});

test('a block is not evidence when a run says so, when other guests took the processors, or when its runs were disturbed unequally', () => {
  expect(blockInvalidity(runs, ['run 3 (B): the generator could not keep up'])).toHaveLength(1);
  expect(blockInvalidity(but({ stealShare: 0.2 }), [])[0]).toContain('took 20% of the processors');
  expect(blockInvalidity(but({ cpuPressure: 0.6 }), [])[0]).toContain('10% to 60%');
  expect(
    blockInvalidity(
      runs.map((run) => ({ ...run, cpuPressure: 0.95 })),
      [],
    )[0],
  ).toContain('95% of the time in every run');
});

test('a server that keeps the processors busy is not excused by that: a difference between the sides is what is compared', () => {
  const heavy = runs.map((run) => ({ ...run, cpuPressure: run.letter === 'B' ? 0.97 : 0.2 }));
  expect(blockInvalidity(heavy, [])).toEqual([]);
});

test('a load that all runs carry equally is fair', () => {
  expect(
    blockInvalidity(
      runs.map((run) => ({ ...run, cpuPressure: 0.7 })),
      [],
    ),
  ).toEqual([]);
});

test('a figure that the machine does not report spoils nothing', () => {
  expect(
    blockInvalidity(
      runs.map((run) => ({ ...run, stealShare: null, cpuPressure: null })),
      [],
    ),
  ).toEqual([]);
});

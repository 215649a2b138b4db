import { expect, it } from 'vitest';
import type { CpuProfile } from '../../../../harness/run/profile/call-tree.ts';
import { flameTicks } from '../../../../harness/run/profile/flame-ticks.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 8, columnNumber: 3 });

const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('handle', 'file:///srv/my%20app/session.ts'), children: [4] },
    { id: 4, callFrame: frame('', 'node:net') },
    { id: 5, callFrame: frame('(garbage collector)') },
  ],
  startTime: 0,
  endTime: 4,
  samples: [2, 3, 4, 5],
  timeDeltas: [1, 1, 1, 1],
};

it('a CPU profile becomes one stack for each sample for clinic flame, the outermost call first, without idle samples', () => {
  expect(flameTicks(PROFILE).map((stack) => stack.map(({ name, type }) => `${type} ${name}`))).toEqual([
    ['JS handle /srv/my app/session.ts.js:9:4'],
    ['JS handle /srv/my app/session.ts.js:9:4', 'JS (anonymous) node:net:9:4'],
    ['CPP (garbage collector)'],
  ]);
});

it('every nth sample of a long profile is taken, so that it still fits on a page', () => {
  const samples = Array.from({ length: 200_000 }, () => 3);
  const { length } = flameTicks({ ...PROFILE, samples, timeDeltas: samples.map(() => 1) });
  expect(length).toBeLessThanOrEqual(60_000);
  expect(length).toBeGreaterThan(40_000);
});

import { expect, test } from 'vitest';
import { runEnvironment } from '../../../../harness/run/conductor/run-environment.ts';

test('a run tells of the runs that were at work beside it, and of none where there was none', async () => {
  const other = { what: 'run smoke', folder: '/tmp/b', forMs: 3_210 };
  expect((await runEnvironment(null, { seen: [other] })).otherRuns).toEqual([other]);
  expect(await runEnvironment(null, { seen: [] })).not.toHaveProperty('otherRuns');
});

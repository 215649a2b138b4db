import { expect, test } from 'vitest';
import { runEnvironment } from '../../../../harness/run/conductor/run-environment.ts';

test('a run names the runs that were active beside it, and none if there were none', async () => {
  const other = { what: 'run smoke', folder: '/tmp/b', forMs: 3_210 };
  expect((await runEnvironment(null, { seen: [other] })).otherRuns).toEqual([other]);
  expect(await runEnvironment(null, { seen: [] })).not.toHaveProperty('otherRuns');
});

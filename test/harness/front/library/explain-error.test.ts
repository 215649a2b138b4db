/** One function says what an error is, and what a command exits with. */
import { expect, test } from 'vitest';
import { RunError } from '../../../../harness/contracts/run-error.ts';
import { explainError } from '../../../../harness/front/library/explain-error.ts';
import { ScenarioError } from '../../../../harness/front/library/scenario-error.ts';
import { SnapshotError } from '../../../../harness/front/observe/snapshot.ts';
import { WhomError } from '../../../../harness/front/observe/whom.ts';
import { WatchError } from '../../../../harness/front/watch/watch-error.ts';
import { type Problem, quoted } from '../../../../harness/plan/scenario/problem.ts';
import { placeInFile } from '../../../../harness/plan/scenario/source.ts';
import { ForeignEndpointError } from '../../../../harness/run/drivers/own-endpoints.ts';
import { DriverError } from '../../../../harness/run/load/worker-pool.ts';
import { ToolError } from '../../../../harness/run/tools/tool-error.ts';
import { GateError } from '../../../../harness/studies/gate/gate-error.ts';

const problem: Problem = {
  code: 'invalid',
  place: placeInFile('mine.yaml'),
  value: 'x',
  message: `${quoted('x')} is no number`,
  remedy: 'write one',
};

test.each([
  [new ScenarioError('--blocks: too few'), 2],
  [new WhomError('nobody'), 2],
  [new ForeignEndpointError('elsewhere'), 2],
  [new GateError('request', 'no such revision'), 2],
  [new WatchError('setting', 'no such port'), 2],
  [new SnapshotError('refused', 'the token is wrong'), 2],
  [new RunError('target-unknown', 'no such target'), 2],
  [new RunError('target-unavailable', 'it is not installed'), 3],
  [new RunError('machine-lacks', 'no namespaces'), 3],
  [new GateError('machine', 'the build failed'), 3],
  [new WatchError('machine', 'the port is taken'), 3],
  [new SnapshotError('silent', 'nobody answers'), 3],
  [new ToolError('npm failed'), 3],
  [new DriverError([]), 5],
])('%s', (error, exitCode) => {
  expect(explainError(error, 'the run failed')).toEqual({ texts: [error.message], problems: [], exitCode });
});

test('mistakes of several sorts are each reported once, those of a scenario also as data', () => {
  const error = new ScenarioError(['--target x: is not a target', '--target x: is not a target'], [problem]);
  const texts = ['--target x: is not a target', 'mine.yaml: "x" is no number\n  write one'];
  expect(explainError(error)).toEqual({ texts, problems: [problem], exitCode: 2 });
  expect(error.message).toBe(texts.join('\n'));
});

test('an error that is not meant for people is called a failure or a defect, and the system is quoted in plain words', () => {
  expect(explainError(new TypeError('x is\nnot a function'), 'the run failed')).toMatchObject({
    texts: [expect.stringMatching(/^the run failed: TypeError: x is not a function$/)],
    exitCode: 3,
  });
  expect(explainError(new TypeError('x')).texts[0]).toMatch(/^this is a defect of letitcrash: TypeError: x\n +at /);
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  expect(explainError(full).texts[0]).toContain('there is no room left on its disk');
  expect(explainError('thrown', 'the run failed')).toMatchObject({ texts: ['the run failed: thrown'], exitCode: 3 });
});

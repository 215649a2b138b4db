import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { handOver } from '../../../../harness/run/tools/hand-over.ts';

const child = () =>
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });

test('a child that nobody takes over is killed, and the error is passed on', async () => {
  const started = child();
  const gone = once(started, 'exit');
  const failing = (): never => {
    throw new Error('no room for a handle');
  };
  expect(() => handOver(started, failing)).toThrow('no room for a handle');
  expect(await gone).toEqual([null, 'SIGKILL']);
});

test('a child that somebody takes over stays alive', async () => {
  const started = child();
  expect(handOver(started, () => 'a handle')).toBe('a handle');
  expect(started.killed).toBe(false);
  const gone = once(started, 'exit');
  started.kill('SIGTERM');
  expect(await gone).toEqual([null, 'SIGTERM']);
});

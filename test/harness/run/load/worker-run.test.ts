import { expect, test } from 'vitest';
import { monotonicUs } from '../../../../harness/evidence/measure/clock.ts';
import type { FromWorker, WorkerProgress, WorkerRequest } from '../../../../harness/run/load/worker-protocol.ts';
import { WorkerRun } from '../../../../harness/run/load/worker-run.ts';
import { planned } from '../../plan/scenario/planning.ts';

test('a report never covers less than zero time, even if the load began before the last one', async () => {
  const reports: WorkerProgress[] = [];
  const replies: number[] = [];
  let number = 0;
  let heard = (): void => undefined;
  const run = new WorkerRun((message: FromWorker) => {
    if (message.type === 'reply') replies.push(message.number);
    if (message.type === 'progress') reports.push(message.progress);
    if (message.type === 'need-credentials') {
      const credentials = Array.from({ length: message.count }, () => ['token', 'secret'] as const);
      run.receive({ type: 'credentials', from: message.from, credentials });
    }
    heard();
  });
  const ask = (request: WorkerRequest): void => run.receive({ type: 'request', number: ++number, request });
  const { load } = planned('name: w\nusers: 2\nload: { rate: 1/s, duration: 1h }\n');
  const endpoints = [{ host: '127.0.0.1', port: 9, path: '/' }];
  const assignment = {
    worker: 0,
    workers: 1,
    seed: 1,
    users: 2,
    from: 0,
    to: 2,
    firstName: 0,
    firstId: 1,
    load,
    driver: 'native',
    endpoints,
    folder: '',
  };
  ask({ type: 'init', assignment });
  // Its driver has to be loaded first.
  await expect.poll(() => replies).toContain(number);
  ask({ type: 'connect', count: 2, ratePerSecond: 1_000 });
  // It refuses to start until both have tried to connect.
  await expect.poll(() => ask({ type: 'start', zeroUs: monotonicUs() - 3_000_000 })).toBeUndefined();
  await new Promise<void>((resolve) => {
    heard = () => {
      if (reports.length >= 2) resolve();
    };
  });
  run.fail(new Error('over'));
  for (const { fromUs, toUs, cpu } of reports) {
    expect(toUs).toBeGreaterThan(fromUs);
    // More than a process has threads would be no share of a core.
    expect(cpu).toBeLessThan(64);
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LinkEvent, type Observations, Outcome } from '../../../harness/ledger/observations.ts';
import { WorkerPool, type WorkerPoolOptions } from '../../../harness/load/worker-pool.ts';
import type { WorkerProgress } from '../../../harness/load/worker-protocol.ts';
import { mergeHistograms } from '../../../harness/measure/latency-merge.ts';
import type { LoadPlan } from '../../../harness/scenario/plan.ts';
import { TinyServer } from './tiny-server.ts';

const LOAD: LoadPlan = {
  model: { kind: 'constant', ratePerSecond: 400 },
  durationMs: 2_000,
  warmUpMs: 0,
  payloadBytes: 100,
  contacts: { kind: 'zipf', perUser: 10, exponent: 1 },
  churnPerSecond: 0,
  awayMs: 1_000,
  offlineShare: 0,
  readShare: 0,
  receiptShare: 0,
  connectPerSecond: 2_000,
  driver: null,
  workers: 1,
};

let server: TinyServer;
let folder: string;
let pool: WorkerPool | null;

beforeEach(async () => {
  server = new TinyServer();
  await server.listen();
  folder = mkdtempSync(join(tmpdir(), 'load-'));
  pool = null;
});

afterEach(async () => {
  await pool?.stop();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function start(load: Partial<LoadPlan>, users: number, options: Partial<WorkerPoolOptions> = {}): Promise<WorkerPool> {
  pool = await WorkerPool.start({
    load: { ...LOAD, ...load },
    driver: 'native',
    users,
    seed: 7,
    endpoints: [server.endpoint],
    credential: server.credential,
    folder,
    ...options,
  });
  return pool;
}

async function until(condition: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The deliveries that count, as "sender id receiver", and the acknowledged attempts the same way. */
function books(seen: Observations): { acked: string[]; delivered: string[] } {
  const acked: string[] = [];
  const delivered: string[] = [];
  const { attempts, arrivals } = seen;
  for (let i = 0; i < attempts.count; i++) {
    if (attempts.outcome[i] === Outcome.acked) acked.push(`${attempts.sender[i]} ${attempts.id[i]} ${attempts.recipient[i]}`);
  }
  for (let i = 0; i < arrivals.count; i++) {
    if (arrivals.flags[i] === 0) delivered.push(`${arrivals.sender[i]} ${arrivals.id[i]} ${arrivals.receiver[i]}`);
  }
  return { acked: acked.sort(), delivered: delivered.sort() };
}

test('a hundred users connect, send, acknowledge and finish, and every message is in the books once', async () => {
  const progress: WorkerProgress[] = [];
  const load = await start({ receiptShare: 1, readShare: 1 }, 100, { onProgress: (one) => progress.push(one) });
  await load.connect(100, 2_000, 20_000);
  expect(server.signedIn).toBe(100);
  await load.startLoad().handedOut;
  const drain = await load.drain(10_000);
  expect(drain.drained).toBe(true);
  const seen = await load.finish(drain.drained);
  expect(seen.attempts.count).toBe(800);
  const { acked, delivered } = books(seen);
  expect(acked).toHaveLength(800);
  expect(delivered).toEqual(acked);
  expect(seen.receipts.count).toBe(1_600);
  for (let i = 0; i < 800; i++) {
    const intended = seen.attempts.intendedUs[i] as number;
    expect(intended).toBeCloseTo((i + 0.5) * 2_500, 0);
    expect(seen.attempts.handledUs[i]).toBeGreaterThanOrEqual(intended - 1);
    expect(seen.attempts.sentUs[i]).toBeGreaterThanOrEqual(seen.attempts.handledUs[i] as number);
    expect(seen.attempts.settledUs[i]).toBeGreaterThan(seen.attempts.sentUs[i] as number);
  }
  const response = mergeHistograms(progress.map((one) => one.response));
  expect(response.totalCount).toBe(800);
  expect(mergeHistograms(progress.map((one) => one.lag)).totalCount).toBe(800);
});

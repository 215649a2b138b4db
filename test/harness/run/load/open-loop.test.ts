/**
 * The load is an open loop: what the server does changes neither when messages are meant to be sent nor from when their response time
 * counts (Tene, "How NOT to Measure Latency": coordinated omission). Red when the generator waits for answers before it goes on, takes a
 * late message for one meant later, or counts the response or the delivery from the actual send.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Observations } from '../../../../harness/evidence/ledger/observations.ts';
import { quantileOfSorted } from '../../../../harness/evidence/stats/quantile.ts';
import { measuredLatencies } from '../../../../harness/run/conductor/result/measured-latencies.ts';
import { WorkerPool } from '../../../../harness/run/load/worker-pool.ts';
import type { WorkerProgress } from '../../../../harness/run/load/worker-protocol.ts';
import { planned } from '../../plan/scenario/planning.ts';
import { TinyServer } from './tiny-server.ts';

const USERS = 20;
const EVERY_US = 2_500;
const HELD_BACK = 200;
const LIMIT_MS = 20_000;

interface Seen {
  readonly progress: readonly WorkerProgress[];
  readonly observations: Observations;
}

/** Four hundred messages a second, and a server that is gone until 200 more of them were meant to be sent. */
async function playOutage(folder: string): Promise<Seen> {
  const server = new TinyServer();
  await server.listen();
  const progress: WorkerProgress[] = [];
  const { load } = planned(`name: w\nusers: ${USERS}\nload: { model: constant, rate: 400/s, duration: 1m, workers: 1 }\n`);
  const pool = await WorkerPool.start({
    load,
    driver: 'native',
    users: USERS,
    seed: 3,
    endpoints: [server.endpoint],
    credential: server.credential,
    folder,
    onProgress: (one) => progress.push(one),
  });
  const counted = async (holds: (counts: { acked: number; connected: number; outstanding: number }) => boolean) => {
    const end = performance.now() + LIMIT_MS;
    for (;;) {
      const { all } = await pool.counts();
      if (holds(all)) return all;
      if (performance.now() > end) throw new Error(`waited ${LIMIT_MS} ms in vain for ${holds}, having ${JSON.stringify(all)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  try {
    await pool.connect(USERS, 2_000, LIMIT_MS);
    const { handedOut } = pool.startLoad();
    await counted(({ acked }) => acked > 40);
    await server.crash();
    const { outstanding: before } = await counted(({ connected }) => connected === 0);
    await counted(({ outstanding }) => outstanding >= before + HELD_BACK);
    await server.restart();
    await counted(({ outstanding, connected }) => connected === USERS && outstanding < HELD_BACK);
    await pool.stopSending();
    await handedOut;
    const { drained } = await pool.drain(LIMIT_MS);
    return { observations: await pool.finish(drained), progress };
  } finally {
    await pool.stop();
    await server.close();
  }
}

/** Microseconds from when each message was first shown to its receiver, in the order of the attempts. */
function firstDeliveries({ attempts, deliveries }: Observations): readonly number[] {
  const first = new Map<string, number>();
  for (let i = 0; i < deliveries.count; i++) {
    const key = `${deliveries.sender[i]} ${deliveries.id[i]}`;
    first.set(key, Math.min(first.get(key) ?? Number.POSITIVE_INFINITY, deliveries.atUs[i] as number));
  }
  return Array.from({ length: attempts.count }, (_, row) => first.get(`${attempts.sender[row]} ${attempts.id[row]}`) as number);
}

test('a message that could not be sent while the server was away is timed from when it was meant to be sent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'open-loop-'));
  let seen: Seen;
  try {
    seen = await playOutage(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { attempts } = seen.observations;
  const rows = Array.from({ length: attempts.count }, (_, row) => row);
  const between = (from: ArrayLike<number>, to: ArrayLike<number>): Float64Array =>
    Float64Array.from(rows, (row) => (to[row] as number) - (from[row] as number)).sort();

  // Meant for the moments of the model, one every 2.5 ms, server or no server, and nothing left out.
  for (const row of rows) expect(attempts.intendedUs[row]).toBeCloseTo((row + 0.5) * EVERY_US, 0);
  // The 200 were meant for 500 ms, and nobody wrote the first before the last was due: all but 40 waited longer than 100 ms.
  const waitedUs = between(attempts.intendedUs, attempts.sentUs);
  expect(waitedUs.filter((us) => us > 100_000).length).toBeGreaterThanOrEqual(HELD_BACK - 100_000 / EVERY_US);

  const measured = measuredLatencies(seen.progress, seen.observations);
  const exact = {
    response: between(attempts.intendedUs, attempts.settledUs),
    service: between(attempts.sentUs, attempts.settledUs),
    lag: between(attempts.intendedUs, attempts.handledUs),
    delivery: between(attempts.intendedUs, firstDeliveries(seen.observations)),
  };
  for (const kind of ['response', 'service', 'lag', 'delivery'] as const) {
    const summary = measured[kind];
    expect(summary?.count, kind).toBe(attempts.count);
    for (const [p, us] of [
      [0.5, summary?.p50Us],
      [0.9, summary?.p90Us],
      [0.99, summary?.p99Us],
      [1, summary?.maxUs],
    ] as const) {
      const exactUs = quantileOfSorted(exact[kind], p);
      // One bucket of a histogram of three digits, and the rounding to microseconds.
      expect(Math.abs((us as number) - exactUs), `${kind} at ${p}`).toBeLessThanOrEqual(2 + exactUs / 1000);
    }
  }
});

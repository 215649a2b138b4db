import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judge } from '../../../../harness/evidence/ledger/judge.ts';
import { ConnectionEvent, Outcome, sendingDevice } from '../../../../harness/evidence/ledger/observations.ts';
import type { LoadPlan } from '../../../../harness/plan/scenario/plan.ts';
import { WorkerPool } from '../../../../harness/run/load/worker-pool.ts';
import { type LocalNode, localNode } from '../../../targets/reference/local-node.ts';
import { loadPlan } from './load-plan.ts';

const USERS = 12;
const LOAD = loadPlan({
  durationMs: 1_500,
  contacts: { kind: 'uniform', perUser: 5 },
  readShare: 0.5,
  receiptShare: 0.5,
  devices: 2,
  workers: 2,
});

let node: LocalNode;
let folder: string;
let pool: WorkerPool;
/** Whose credentials were asked for. */
let issued: string[];

beforeEach(async () => {
  node = await localNode();
  folder = mkdtempSync(join(tmpdir(), 'devices-'));
  issued = [];
});

afterEach(async () => {
  await pool.stop();
  await node.stop();
  rmSync(folder, { recursive: true });
});

async function start(load: Partial<LoadPlan> = {}): Promise<void> {
  pool = await WorkerPool.start({
    load: { ...LOAD, ...load },
    driver: 'native',
    users: USERS,
    seed: 3,
    endpoints: [node.endpoint],
    credential: (user, device) => {
      issued.push(`${user} ${device}`);
      return node.credential(user, device);
    },
    folder,
  });
  await pool.connect(pool.connections, 2_000, 20_000);
}

test('each user signs in with both devices, both send under ids of their own, and both receive everything', async () => {
  await start();
  expect(node.node.gateway.connections).toBe(2 * USERS);
  expect(issued.sort()).toEqual(
    Array.from({ length: USERS }, (_, user) => [`u${user} d0`, `u${user} d1`])
      .flat()
      .sort(),
  );
  await pool.startLoad().handedOut;
  const seen = await pool.finish((await pool.drain(20_000)).drained);
  const { attempts } = seen;
  const report = judge(seen);
  expect(report).toMatchObject({ lost: 0, duplicatesVisible: 0, reordered: 0, receiptsEarly: 0, drained: true, evidence: [] });
  expect(report.delivered).toBe(2 * report.acked);
  expect(report.expected).toBe(2 * report.acked);
  const senders = new Set(Array.from(attempts.id, (id, row) => `${attempts.sender[row]} ${sendingDevice(id, 2)}`));
  expect(senders.size).toBeGreaterThan(USERS);
  expect(new Set(Array.from(attempts.id, (id, row) => `${attempts.sender[row]} ${id}`)).size).toBe(attempts.count);
});

test("one device is struck alone: it returns and receives what it missed, and the user's other device never noticed", async () => {
  await start();
  const { handedOut } = pool.startLoad();
  // The second device of user 3, which the first worker has, and that of user 9, which the second has.
  const struck = [3 * 2 + 1, 9 * 2 + 1];
  const hit = await pool.afflict('drop', struck);
  expect(hit.map(({ device }) => device).sort()).toEqual(struck.sort());
  expect((await pool.online()).filter((device) => struck.includes(device))).toEqual([]);
  expect((await pool.inspect([3 * 2, 9 * 2])).every(({ ends }) => ends !== null)).toBe(true);
  await handedOut;
  await pool.relieve('drop', struck);
  const seen = await pool.finish((await pool.drain(20_000)).drained);
  expect(judge(seen)).toMatchObject({ lost: 0, reordered: 0, duplicatesVisible: 0, drained: true });
  const lost = Array.from(seen.connectionEvents.event, (event, row) => ({ event, row })).filter(
    ({ event }) => event === ConnectionEvent.lost,
  );
  expect(lost.map(({ row }) => `${seen.connectionEvents.user[row]} d${seen.connectionEvents.device[row]}`).sort()).toEqual([
    '3 d1',
    '9 d1',
  ]);
});

test('churn makes one device leave while the other stays', async () => {
  await start({ churnPerSecond: 0.3, awayMs: 300, durationMs: 2_000 });
  await pool.startLoad().handedOut;
  const seen = await pool.finish((await pool.drain(20_000)).drained);
  expect(judge(seen)).toMatchObject({ lost: 0, reordered: 0, drained: true });
  const left = Array.from(seen.connectionEvents.event, (event, row) => ({ event, row })).filter(
    ({ event }) => event === ConnectionEvent.left,
  );
  expect(left.length).toBeGreaterThan(5);
  const { user, device, atUs, event } = seen.connectionEvents;
  /** Whether the other device of the one that left was signed in just then. */
  const otherStayed = left.filter(({ row }) => {
    let up = false;
    for (let at = 0; at < seen.connectionEvents.count; at++) {
      if (user[at] !== user[row] || device[at] === device[row] || (atUs[at] as number) > (atUs[row] as number)) continue;
      up = event[at] === ConnectionEvent.up;
    }
    return up;
  });
  expect(otherStayed.length).toBeGreaterThan(left.length / 2);
  expect(Array.from(seen.attempts.outcome).every((outcome) => outcome === Outcome.acked)).toBe(true);
});

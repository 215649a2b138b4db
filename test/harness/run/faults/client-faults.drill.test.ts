import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionEvent } from '../../../../harness/evidence/ledger/observations.ts';
import { monotonicUs } from '../../../../harness/evidence/measure/clock.ts';
import type { FaultPlan } from '../../../../harness/plan/scenario/plan.ts';
import type { FaultContext } from '../../../../harness/run/faults/fault.ts';
import { type FaultEvent, type FaultRecord, playSchedule } from '../../../../harness/run/faults/interpreter.ts';
import { type UserControl, WorkerPool } from '../../../../harness/run/load/worker-pool.ts';
import { until } from '../../../until.ts';
import { loadPlan } from '../load/load-plan.ts';
import { TinyServer } from '../load/tiny-server.ts';
import { faultContext, onlyNodes, randomOf } from './fault-context.ts';

const USERS = 40;
const LOAD = loadPlan({ model: { kind: 'constant', ratePerSecond: 100 }, keepaliveMs: 30_000, workers: 2 });

let server: TinyServer;
let folder: string;
let pool: WorkerPool;
let control: UserControl;
let signedIn: number;
let lost: number;
/** From which the rows of the log count: the clock's own until a load begins. */
let zeroUs = 0;

beforeAll(async () => {
  server = new TinyServer();
  await server.listen();
  folder = mkdtempSync(join(tmpdir(), 'client-faults-'));
  pool = await WorkerPool.start({
    load: LOAD,
    driver: 'native',
    users: USERS,
    seed: 7,
    endpoints: [server.endpoint],
    credential: server.credential,
    folder,
  });
  await pool.connect(USERS, 2_000, 20_000);
});

/** Everybody is signed in and nobody afflicted; `signedIn` and `lost` count from here. */
beforeEach(async () => {
  control = pool;
  await everybodyIsBack();
  signedIn = server.signedIn;
  lost = (await pool.counts()).all.lost;
});

afterAll(async () => {
  await pool.stop();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function everybodyIsBack(): Promise<void> {
  await until(async () => (await pool.counts()).all.connected === USERS, 'everybody to be signed in');
}

function contextOf(plan: FaultPlan): FaultContext {
  return faultContext(onlyNodes(), { users: USERS, random: randomOf(plan), userControl: control });
}

async function play(
  kind: string,
  settings: Record<string, unknown>,
  forMs: number | null = null,
  onEvent: (event: FaultEvent) => void = () => {},
): Promise<FaultRecord> {
  const faults = [{ id: `${kind}-1`, atMs: 0, kind, forMs, settings }];
  const schedule = playSchedule({ faults, startsInMs: 0, contextOf, signal: new AbortController().signal, onEvent });
  await schedule.done;
  return schedule.records[0] as FaultRecord;
}

/** A control that says what it was told to and touches nobody. */
function lie(): UserControl {
  return {
    online: () => pool.online(),
    devices: 1,
    inspect: (devices) => pool.inspect(devices),
    afflict: async (_how, devices) =>
      (await pool.inspect(devices)).flatMap(({ device, ends }) => (ends === null ? [] : [{ device, ends }])),
    relieve: () => Promise.resolve(),
  };
}

async function lostSince(): Promise<number> {
  return (await pool.counts()).all.lost - lost;
}

describe('reset-connections', () => {
  it('resets as many connections as asked for, logs them as lost, and their users come back', async () => {
    const record = await play('reset-connections', { count: 12 });
    expect(record).toMatchObject({ verified: true, target: '12 users' });
    expect(record.evidence.slice(0, 2)).toEqual([
      'asked for 12 connections; the workers reset 12',
      'the kernel no longer knows 12 of them, not even as waiting for stray packets',
    ]);
    await everybodyIsBack();
    expect([server.signedIn - signedIn, await lostSince()]).toEqual([12, 12]);
  });

  it('takes a share of the users who are signed in, and the same ones for the same seed', async () => {
    const first = await play('reset-connections', { share: '25%' });
    expect(first.affected).toHaveLength(10);
    await everybodyIsBack();
    const second = await play('reset-connections', { share: '25%' });
    expect(second.affected).toEqual(first.affected);
  });

  it('hits the one user that it names', async () => {
    const record = await play('reset-connections', { target: 'u7' });
    expect(record).toMatchObject({ verified: true, target: 'user u7', affected: [7] });
  });

  it('is a no-op when nobody is signed in', async () => {
    await server.crash();
    await until(async () => (await pool.counts()).all.connected === 0, 'the users to be gone');
    const record = await play('reset-connections', { count: 1 });
    await server.restart();
    expect(record).toMatchObject({ verified: true, injectedAtUs: null });
  });
});

describe('half-open', () => {
  it('leaves sockets neither read nor closed while their users reconnect, and ends them after `for`', async () => {
    const before = server.connected;
    const record = await play('half-open', { count: 8 }, 600);
    expect(record).toMatchObject({ verified: true });
    expect(record.evidence[1]).toContain('the kernel still has 8 of them open');
    expect(record.evidence).toContain('reset; the kernel no longer knows 8 of 8');
    await everybodyIsBack();
    await until(() => server.connected === before, 'the server to hear of the resets');
    expect(await lostSince()).toBe(8);
  });

  it('leaves them for good without `for`', async () => {
    const before = server.connected;
    const record = await play('half-open', { count: 3 });
    expect(record).toMatchObject({ verified: true, healedAtUs: null });
    await until(() => server.connected === before + 3, 'the users to be back');
  });
});

describe('reconnect-storm', () => {
  it('keeps its users away for the time asked for, and brings all of them back at once', async () => {
    let away = -1;
    const record = await play('reconnect-storm', { share: '50%' }, 500, ({ what }) => {
      if (what === 'injected') away = server.signedIn;
    });
    expect(record).toMatchObject({ verified: true });
    expect(record.evidence[2]).toBe('0 of these users are signed in again');
    expect(record.evidence[3]).toContain('20 users allowed back; 20 tried to connect');
    expect(away).toBe(signedIn);
    await everybodyIsBack();
    expect([server.signedIn - signedIn, await lostSince()]).toEqual([20, 20]);
  });

  it('is not verified when the users do not stay away', async () => {
    control = { ...lie(), afflict: (_how, users) => pool.afflict('reset', users) };
    const record = await play('reconnect-storm', { count: 5 }, 1_000);
    expect(record).toMatchObject({ verified: false });
  });
});

describe('slow-consumer', () => {
  it('does not read the sockets of its users until the time is over, and then reads everything', async () => {
    let reading = true;
    const load = pool.startLoad();
    load.handedOut.catch(() => {});
    zeroUs = load.zeroUs;
    const record = await play('slow-consumer', { count: 10 }, 800, ({ what, record: { affected } }) => {
      if (what === 'injected') reading = affected.length !== 10;
    });
    expect(record).toMatchObject({ verified: true });
    expect(record.evidence[1]).toMatch(/unread bytes for 10 of them/);
    expect(record.evidence.join('\n')).toContain('nothing unread for 10 of 10');
    expect(reading).toBe(false);
    await pool.stopSending();
    // What was sent to them meanwhile arrives, over the connections that they had.
    const drain = await pool.drain(20_000);
    expect(drain.drained).toBe(true);
    expect(server.signedIn).toBe(signedIn);
  });
});

describe('a worker that does nothing', () => {
  it.each([['reset-connections'], ['reconnect-storm'], ['slow-consumer']])(
    'is detected by %s',
    { timeout: 60_000 },
    async (kind) => {
      control = lie();
      const record = await play(kind, { count: 2 }, kind === 'reset-connections' ? null : 100);
      expect(record).toMatchObject({ verified: false });
    },
  );

  it('is detected by the end of half-open', async () => {
    control = { ...lie(), afflict: (how, users) => pool.afflict(how, users) };
    const record = await play('half-open', { count: 2 }, 100);
    expect(record).toMatchObject({ verified: false, healedAtUs: null });
  });
});

describe('the log', () => {
  it('marks exactly the users whose sockets were reset, dropped or abandoned as having lost their connection', async () => {
    const begun = monotonicUs();
    const records = [
      await play('reset-connections', { count: 3 }),
      await play('reconnect-storm', { count: 3 }),
      await play('half-open', { count: 3 }, 100),
    ];
    await everybodyIsBack();
    const { connectionEvents } = await pool.finish(false);
    const lostBy = new Set<number>();
    for (let row = 0; row < connectionEvents.count; row += 1) {
      if (connectionEvents.event[row] === ConnectionEvent.lost && (connectionEvents.atUs[row] as number) + zeroUs >= begun)
        lostBy.add(connectionEvents.user[row] as number);
    }
    const struck = new Set(records.flatMap(({ affected }) => affected as readonly number[]));
    expect([...lostBy].sort()).toEqual([...struck].sort());
  });
});

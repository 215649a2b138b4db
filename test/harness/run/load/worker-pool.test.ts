import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, test as base, describe, expect } from 'vitest';
import { ConnectionEvent, type Observations, Outcome } from '../../../../harness/evidence/ledger/observations.ts';
import { monotonicUs } from '../../../../harness/evidence/measure/clock.ts';
import { mergeHistograms } from '../../../../harness/evidence/measure/latency-merge.ts';
import type { LoadPlan } from '../../../../harness/plan/scenario/plan.ts';
import { ForeignEndpointError } from '../../../../harness/run/drivers/own-endpoints.ts';
import { WorkerPool, type WorkerPoolOptions } from '../../../../harness/run/load/worker-pool.ts';
import type { WorkerProgress } from '../../../../harness/run/load/worker-protocol.ts';
import { childrenThatRun } from '../../../children.ts';
import { until } from '../../../until.ts';
import { loadPlan } from './load-plan.ts';
import { TinyServer } from './tiny-server.ts';

const LOAD = loadPlan({ model: { kind: 'constant', ratePerSecond: 400 }, durationMs: 2_000 });

interface Rig {
  readonly server: TinyServer;
  readonly folder: string;
  /** Starts a pool with what is different about its load; it is stopped with the rig. */
  start(load: Partial<LoadPlan>, users: number, options?: Partial<WorkerPoolOptions>): Promise<WorkerPool>;
  close(): Promise<void>;
}

async function rigged(): Promise<Rig> {
  const server = new TinyServer();
  await server.listen();
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  const pools: WorkerPool[] = [];
  return {
    server,
    folder,
    async start(load, users, options = {}) {
      const own = { folder: mkdtempSync(join(folder, 'pool-')), endpoints: [server.endpoint], credential: server.credential };
      const pool = await WorkerPool.start({ load: { ...LOAD, ...load }, driver: 'native', users, seed: 7, ...own, ...options });
      pools.push(pool);
      return pool;
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.stop()));
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A test with a server of its own. Loads are waited for rather than computed, so that the tests do it together. */
function test(name: string, play: (rig: Rig) => Promise<void>, canRun = true): void {
  base.skipIf(!canRun).concurrent(name, async () => {
    const rig = await rigged();
    try {
      await play(rig);
    } finally {
      await rig.close();
    }
  });
}

/** The deliveries that count, as "sender id receiver", and the acknowledged attempts the same way. */
function books(seen: Observations): { acked: string[]; delivered: string[] } {
  const acked: string[] = [];
  const delivered: string[] = [];
  const { attempts, deliveries } = seen;
  for (let i = 0; i < attempts.count; i++) {
    if (attempts.outcome[i] === Outcome.acked) acked.push(`${attempts.sender[i]} ${attempts.id[i]} ${attempts.recipient[i]}`);
  }
  for (let i = 0; i < deliveries.count; i++) {
    if (deliveries.flags[i] === 0) delivered.push(`${deliveries.sender[i]} ${deliveries.id[i]} ${deliveries.receiver[i]}`);
  }
  return { acked: acked.sort(), delivered: delivered.sort() };
}

test('endpoints that are not on loopback are refused wherever they are given, and nothing is started for them', async ({
  server,
  start,
}) => {
  const foreign = { ...server.endpoint, host: '192.0.2.7' };
  await expect(start({}, 20, { endpoints: [server.endpoint, foreign] })).rejects.toThrow(ForeignEndpointError);
  expect(server.signedIn).toBe(0);
  const load = await start({}, 20);
  await expect(load.setEndpoints([foreign])).rejects.toThrow('192.0.2.7');
  const crowd = { users: 20, firstName: 20, seed: 8, load: LOAD, endpoints: [foreign], credential: server.credential };
  await expect(load.renew(crowd)).rejects.toThrow('192.0.2.7');
  await load.connect(20, 2_000, 20_000);
});

test('after a renewal the same workers serve other users under other names, and neither group shows in the records of the other', async ({
  server,
  start,
}) => {
  const users = new Set<string>();
  const credential = (user: string, device: string) => {
    users.add(user);
    return server.credential(user, device);
  };
  const load = await start({}, 20, { credential });
  const osPids = load.osPids;
  const play = async (): Promise<Observations> => {
    await load.connect(20, 2_000, 20_000);
    await load.startLoad().handedOut;
    return load.finish((await load.drain(10_000)).drained);
  };
  const first = await play();
  expect([...users]).toContain('u0');
  users.clear();
  await load.renew({ users: 20, firstName: 20, seed: 8, load: LOAD, endpoints: [server.endpoint], credential });
  const second = await play();
  expect([...users].sort()).toEqual(Array.from({ length: 20 }, (_, user) => `u${20 + user}`).sort());
  expect(load.osPids).toEqual(osPids);
  for (const seen of [first, second]) {
    const { acked, delivered } = books(seen);
    expect(acked).toHaveLength(800);
    expect(delivered).toEqual(acked);
  }
  await expect(
    load.renew({ users: 20, firstName: 0, seed: 8, load: { ...LOAD, workers: 3 }, endpoints: [], credential }),
  ).rejects.toThrow('this pool has');
});

test('a hundred users connect, send, acknowledge and finish, and every message is recorded once', async ({ server, start }) => {
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
  // Intervals join without gap, and one begins exactly at zero: none holds both warm-up and load.
  expect(progress.filter((one) => one.fromUs === 0)).toHaveLength(1);
  for (const one of progress) if (one.fromUs < 0 && one.toUs <= 0) expect(one.response).toBeNull();
  for (let i = 2; i < progress.length; i++) {
    const [before, after] = [progress[i - 1], progress[i]] as [WorkerProgress, WorkerProgress];
    if (after.fromUs !== 0 && before.toUs > 0) expect(after.fromUs).toBe(before.toUs);
  }
});

test('a crash of the server loses nothing: unacknowledged messages are repeated, first and in order', async ({
  server,
  start,
}) => {
  const load = await start({ durationMs: 4_000 }, 50);
  await load.connect(50, 2_000, 20_000);
  const { handedOut } = load.startLoad();
  await until(async () => (await load.counts()).all.acked > 200);
  server.mute = true;
  await until(async () => (await load.counts()).all.outstanding > 100);
  await server.crash();
  server.mute = false;
  await until(async () => (await load.counts()).all.connected === 0);
  await server.restart();
  await handedOut;
  const drain = await load.drain(20_000);
  expect(drain.drained).toBe(true);
  expect(drain.counts.all.repeated).toBeGreaterThan(100);
  expect(drain.counts.all.lost).toBe(50);
  const seen = await load.finish(true);
  const { acked, delivered } = books(seen);
  expect(acked).toHaveLength(1_600);
  expect(delivered).toEqual(acked);
  // Order of arrival at each receiver, per sender.
  const last = new Map<string, number>();
  for (let i = 0; i < seen.deliveries.count; i++) {
    const pair = `${seen.deliveries.sender[i]} ${seen.deliveries.receiver[i]}`;
    expect(seen.deliveries.id[i]).toBeGreaterThan(last.get(pair) ?? 0);
    last.set(pair, seen.deliveries.id[i] as number);
  }
  const events = [...seen.connectionEvents.event];
  expect(events.filter((event) => event === ConnectionEvent.up)).toHaveLength(100);
  expect(events.filter((event) => event === ConnectionEvent.lost)).toHaveLength(50);
  expect(events.filter((event) => event === ConnectionEvent.refused).length).toBe(drain.counts.all.refused);
  // The intended times are those of the model, whatever the server did.
  for (let i = 0; i < 1_600; i++) expect(seen.attempts.intendedUs[i]).toBeCloseTo((i + 0.5) * 2_500, 0);
});

test('the drain waits for a server that acknowledges at once and delivers late, instead of calling its messages lost', async ({
  server,
  start,
}) => {
  server.deliverLateMs = 1_500;
  const load = await start({ durationMs: 500 }, 20);
  await load.connect(20, 2_000, 20_000);
  await load.startLoad().handedOut;
  const drain = await load.drain(20_000);
  expect(drain.drained).toBe(true);
  const { acked, delivered } = books(await load.finish(drain.drained));
  expect(acked).toHaveLength(200);
  expect(delivered).toEqual(acked);
});

test('users that left on purpose neither send nor receive until they return, and the drain brings all of them back', async ({
  server,
  start,
}) => {
  const load = await start({ offlineShare: 0.3, churnPerSecond: 0.1, awayMs: 500 }, 100);
  await load.connect(100, 2_000, 20_000);
  const { handedOut } = load.startLoad();
  await until(() => server.byes >= 30);
  await handedOut;
  // Three tenths are away, and whoever is on the way back may take a while.
  await until(async () => {
    const { connected } = (await load.counts()).all;
    return connected > 60 && connected < 80;
  });
  const drain = await load.drain(20_000);
  expect(drain.drained).toBe(true);
  expect(drain.counts.all.lost).toBe(0);
  const seen = await load.finish(true);
  const { acked, delivered } = books(seen);
  expect(acked).toHaveLength(800);
  expect(delivered).toEqual(acked);
  // Between leaving and the next sign-in, a user takes no part.
  const away = new Map<number, number[][]>();
  for (let i = 0; i < seen.connectionEvents.count; i++) {
    const [user, event, at] = [seen.connectionEvents.user[i], seen.connectionEvents.event[i], seen.connectionEvents.atUs[i]] as [
      number,
      number,
      number,
    ];
    const spans = away.get(user) ?? [];
    away.set(user, spans);
    if (event === ConnectionEvent.left) spans.push([at, Number.POSITIVE_INFINITY]);
    // One who left again before having signed in has been away since the first time.
    else if (event === ConnectionEvent.up) for (const span of spans) span[1] = Math.min(span[1] as number, at);
  }
  const isAway = (user: number, at: number): boolean =>
    (away.get(user) ?? []).some((span) => at > (span[0] as number) && at < (span[1] as number));
  expect([...away.values()].filter((spans) => spans.some((span) => (span[0] as number) < 0))).toHaveLength(30);
  for (let i = 0; i < seen.attempts.count; i++) {
    // One who is on the way back already means to send: the message waits for the sign-in.
    if (isAway(seen.attempts.sender[i] as number, seen.attempts.sentUs[i] as number)) throw new Error(`attempt ${i} while away`);
  }
  // What was on its way when one left may still come; all that came meanwhile would be three tenths of everything.
  let meanwhile = 0;
  for (let i = 0; i < seen.deliveries.count; i++) {
    if (isAway(seen.deliveries.receiver[i] as number, seen.deliveries.atUs[i] as number)) meanwhile++;
  }
  expect(meanwhile).toBeLessThan(40);
});

test('a user that is told to return at once does, and one that is told not to stays away', async ({ server, start }) => {
  const load = await start({}, 20);
  await load.connect(20, 2_000, 20_000);
  server.throwOut('u3', 11, 'restarting');
  await until(() => server.signedIn === 21);
  server.throwOut('u4', 3, 'unauthorised');
  await until(async () => (await load.counts()).all.stopped === 1);
  const { all, ends } = await load.counts();
  expect(all.connected).toBe(19);
  expect(ends).toEqual([
    { reason: '4011 restarting', count: 1 },
    { reason: '4003 unauthorised', count: 1 },
  ]);
  await load.startLoad().handedOut;
  const drain = await load.drain(1_000);
  expect(drain.drained).toBe(false);
  const seen = await load.finish(false);
  expect([...seen.attempts.sender]).not.toContain(4);
  const codes = [...seen.connectionEvents.code].filter((code) => code !== 0);
  expect(codes).toEqual([4_011, 4_003]);
});

test('messages that were written and never settled are indeterminate, and those never written are unsent', async ({
  server,
  start,
}) => {
  const load = await start({ durationMs: 1_000 }, 10);
  await load.connect(10, 2_000, 20_000);
  server.mute = true;
  const { handedOut } = load.startLoad();
  await until(async () => (await load.counts()).all.sent > 50);
  await server.crash();
  await handedOut;
  const seen = await load.finish(false);
  const outcomes = [...seen.attempts.outcome];
  const indeterminate = outcomes.filter((outcome) => outcome === Outcome.indeterminate).length;
  expect(indeterminate).toBeGreaterThan(50);
  expect(outcomes.filter((outcome) => outcome === Outcome.unsent)).toHaveLength(400 - indeterminate);
  for (let i = 0; i < 400; i++) {
    expect(Number.isNaN(seen.attempts.sentUs[i])).toBe(outcomes[i] === Outcome.unsent);
    expect(seen.attempts.settledUs[i]).toBeNaN();
  }
});

test('a load of several workers equals the whole load, and is the same each time for the same seed', async () => {
  const plays: Observations[] = [];
  for (let play = 0; play < 2; play++) {
    const rig = await rigged();
    const load = await rig.start(
      { workers: 3, model: { kind: 'poisson', ratePerSecond: 600 }, durationMs: 1_000, warmUpMs: 300 },
      50,
    );
    expect(new Set(load.osPids).size).toBe(3);
    await load.connect(50, 2_000, 20_000);
    await load.startLoad().handedOut;
    const drain = await load.drain(10_000);
    expect(drain.drained).toBe(true);
    plays.push(await load.finish(true));
    await rig.close();
  }
  const [first, second] = plays as [Observations, Observations];
  expect(first.attempts.count).toBeGreaterThan(600);
  expect([...first.attempts.intendedUs].filter((us) => us < 0).length).toBeGreaterThan(100);
  expect([...first.attempts.sender]).toEqual([...second.attempts.sender]);
  expect([...first.attempts.recipient]).toEqual([...second.attempts.recipient]);
  // Zero differs, and with it the rounding of what is kept as a sum with it.
  first.attempts.intendedUs.forEach((us, i) => {
    expect(us).toBeCloseTo(second.attempts.intendedUs[i] as number, 1);
  });
  expect(new Set(first.attempts.sender).size).toBe(50);
});

test('a load lasts as long as it is meant to, even if it ends in silence, and ends at once when stopped', async ({ start }) => {
  const steps = [
    { atMs: 0, ratePerSecond: 100 },
    { atMs: 100, ratePerSecond: 0 },
  ];
  const load = await start({ model: { kind: 'step', steps }, durationMs: 900 }, 10);
  await load.connect(10, 1_000, 20_000);
  const first = load.startLoad();
  await first.handedOut;
  expect(monotonicUs() - first.zeroUs).toBeGreaterThanOrEqual(900_000);
  expect((await load.counts()).all.offered).toBe(10);
  await load.stop();
  const other = await start({ durationMs: 600_000 }, 10);
  await other.connect(10, 1_000, 20_000);
  const second = other.startLoad();
  await other.stopSending();
  await second.handedOut;
  expect(monotonicUs() - second.zeroUs).toBeLessThan(60e6);
});

test('more workers than users are refused before anything starts', async ({ start }) => {
  await expect(start({ workers: 5 }, 4)).rejects.toThrow(/5 workers need at least as many users/);
});

test('users that cannot connect are reported with the reason, within the limit', async ({ server, start }) => {
  await server.crash();
  const load = await start({}, 10);
  await expect(load.connect(10, 1_000, 700)).rejects.toThrow(/0 of 10 users are connected after 700 ms.*ECONNREFUSED/);
  await server.restart();
});

test('a credential that cannot be issued ends the pool with its reason', async ({ start }) => {
  const credential = (user: string): never => {
    throw new Error(`nobody signs for ${user}`);
  };
  const load = await start({}, 10, { credential });
  await expect(load.connect(10, 1_000, 10_000)).rejects.toThrow(/devices 0 to 9.*nobody signs for u0/);
});

const alive = (osPid: number): boolean => {
  try {
    process.kill(osPid, 0);
    return true;
  } catch {
    return false;
  }
};

test('an abort rejects the current step with its reason and leaves no process behind', async ({ start }) => {
  const controller = new AbortController();
  const load = await start({ workers: 2, durationMs: 60_000 }, 10, { signal: controller.signal });
  await load.connect(10, 1_000, 20_000);
  const { osPids } = load;
  const { handedOut } = load.startLoad();
  controller.abort(new Error('interrupted by a person'));
  await expect(handedOut).rejects.toThrow('interrupted by a person');
  await expect(load.counts()).rejects.toThrow('interrupted by a person');
  await load.stop();
  expect(osPids.filter(alive)).toEqual([]);
});

test('the death of one worker ends the others, and is reported', async ({ start }) => {
  const load = await start({ workers: 2, durationMs: 60_000 }, 10);
  await load.connect(10, 1_000, 20_000);
  const { handedOut } = load.startLoad();
  const { osPids } = load;
  process.kill(osPids[1] as number, 'SIGKILL');
  await expect(handedOut).rejects.toThrow(/load worker 1 ended by itself \(SIGKILL\)/);
  await until(() => osPids.filter(alive).length === 0);
});

test(
  'each worker has a session of its own',
  async ({ start }) => {
    const { osPids } = await start({ workers: 2 }, 2);
    const sessions = osPids.map((osPid) => {
      const stat = readFileSync(`/proc/${osPid}/stat`, 'utf8');
      // After the name in brackets: state, parent, process group, session (proc_pid_stat(5)).
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
    });
    expect(sessions).toEqual(osPids);
  },
  process.platform === 'linux',
);

test(
  'if a worker cannot be started, those that were started before it are ended',
  async ({ start }) => {
    let starts = 0;
    // An option that tells these workers from those of other tests, and that cannot be given to the third.
    const option = '--stack-trace-limit=17';
    const execArgv = Object.defineProperty([], Symbol.iterator, {
      value: () => {
        if (++starts === 3) throw new Error('no process left');
        return [option].values();
      },
    });
    await expect(start({ workers: 4 }, 40, { execArgv })).rejects.toThrow('no process left');
    expect(starts).toBe(3);
    expect(childrenThatRun(option)).toEqual([]);
  },
  process.platform === 'linux',
);

test('a parent that is killed leaves no worker behind', async ({ folder, server }) => {
  const parent = fork(fileURLToPath(new URL('./doomed-parent.ts', import.meta.url)), [JSON.stringify(server.endpoint), folder]);
  const osPids = await new Promise<number[]>((resolve) => parent.once('message', (pids) => resolve(pids as number[])));
  expect(osPids.filter(alive)).toHaveLength(2);
  parent.kill('SIGKILL');
  await until(() => osPids.filter(alive).length === 0);
});

describe('with two servers', () => {
  const opened: TinyServer[] = [];
  afterAll(() => Promise.all(opened.map((server) => server.close())));

  async function twoServers(): Promise<[TinyServer, TinyServer, Pick<WorkerPoolOptions, 'endpoints' | 'credential'>]> {
    const key = Buffer.alloc(32, 3);
    const [first, second] = [new TinyServer(key), new TinyServer(key)];
    opened.push(first, second);
    await Promise.all([first.listen(), second.listen()]);
    return [first, second, { endpoints: [first.endpoint, second.endpoint], credential: first.credential }];
  }

  test('users go where the first server sends them, and lose nothing by it', async ({ start }) => {
    const [first, second, both] = await twoServers();
    first.moved = `${second.endpoint.host}:${second.endpoint.port}`;
    const load = await start({}, 40, both);
    await load.connect(40, 2_000, 20_000);
    expect([first.signedIn, second.signedIn]).toEqual([0, 40]);
    const { all, ends } = await load.counts();
    expect(all).toMatchObject({ connected: 40, opened: 40, redirected: 20, lost: 0, refused: 0 });
    expect(ends).toEqual([]);
  });

  test('a node behind a proxy is found by its own address', async ({ start }) => {
    const [first, second, both] = await twoServers();
    first.moved = '127.9.9.9:9';
    const endpoints = [{ ...second.endpoint, behind: { host: '127.9.9.9', port: 9 } }, first.endpoint];
    const load = await start({}, 10, { ...both, endpoints });
    await load.connect(10, 2_000, 20_000);
    expect(second.signedIn).toBe(10);
    expect((await load.counts()).all).toMatchObject({ redirected: 5, refused: 0 });
  });

  test('an address outside the run is not followed: users back off, and it is reported', async ({ start }) => {
    const [first, second, both] = await twoServers();
    first.moved = '127.9.9.9:9';
    const load = await start({}, 10, both);
    await load.connect(10, 2_000, 20_000);
    expect(second.signedIn).toBe(10);
    const { all, ends } = await load.counts();
    expect(all).toMatchObject({ redirected: 0, refused: 5 });
    expect(ends).toEqual([{ reason: '4017 127.9.9.9:9', count: 5 }]);
  });

  test('users of a server that froze notice its silence, and sign in at the other', async ({ start }) => {
    const [first, second, both] = await twoServers();
    const load = await start({ keepaliveMs: 1_000 }, 20, both);
    await load.connect(20, 2_000, 20_000);
    expect([first.signedIn, second.signedIn]).toEqual([10, 10]);
    first.intercept = () => true;
    await until(async () => second.connected === 20 && (await load.counts()).all.connected === 20);
    const { all, ends } = await load.counts();
    expect(all.lost).toBeGreaterThanOrEqual(10);
    expect(ends.map(({ reason }) => reason)).toContain('keepalive');
  });

  test('a user who arrives at a server that does not answer goes on to the other', async ({ start }) => {
    const [first, second, both] = await twoServers();
    first.intercept = () => true;
    const load = await start({}, 10, both);
    await load.connect(10, 2_000, 20_000);
    expect(second.signedIn).toBe(10);
    expect((await load.counts()).ends).toEqual([{ reason: 'handshake timed out', count: 5 }]);
  });
});

/** Faults that stop reading, with the drivers that users write: a real chat server, real workers, and the kernel as the witness. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FaultPlan } from '../../../../harness/plan/scenario/plan.ts';
import { type FaultRecord, playSchedule } from '../../../../harness/run/faults/interpreter.ts';
import { WorkerPool } from '../../../../harness/run/load/worker-pool.ts';
import { project } from '../../plan/own-server/project.ts';
import { loadPlan } from '../load/load-plan.ts';
import { faultContext, onlyNodes } from './fault-context.ts';

const EXAMPLE = fileURLToPath(new URL('../../../example', import.meta.url));
const PLAIN = pathToFileURL(fileURLToPath(new URL('../drivers/plain-chat-driver.ts', import.meta.url))).href;
const USERS = 4;
const LOAD = loadPlan({ payloadBytes: 20_000, contacts: { kind: 'zipf', perUser: 3, exponent: 1 }, keepaliveMs: 30_000 });

let server: ChildProcess;
let port: number;
let pool: WorkerPool | null = null;

beforeAll(async () => {
  port = await freePort();
  server = spawn(process.execPath, [join(EXAMPLE, 'chat-server.ts')], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(server.stdout as NodeJS.ReadableStream, 'data');
});

afterEach(async () => {
  await pool?.stop();
  pool = null;
});

afterAll(() => void server.kill('SIGKILL'));

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}

/** Plays the fault for 700 ms against two of four users; with `loaded`, while 200 messages of 20 kB a second go to them. */
async function play(kind: string, driver: string, loaded: boolean): Promise<FaultRecord> {
  const folder = project({ 'my-driver.ts': driver });
  pool = await WorkerPool.start({
    load: LOAD,
    driver: join(folder, 'my-driver.ts'),
    users: USERS,
    seed: 7,
    endpoints: [{ host: '127.0.0.1', port, path: '/' }],
    credential: (user, device) => ({ user, device, token: user, secret: '' }),
    folder,
  });
  await pool.connect(USERS, 2_000, 20_000);
  if (loaded) pool.startLoad().handedOut.catch(() => undefined);
  const context = faultContext(onlyNodes(), { users: USERS, random: () => 0.5, userControl: pool });
  const faults: FaultPlan[] = [{ id: `${kind}-1`, atMs: 0, kind, forMs: 700, settings: { count: 2 } }];
  const schedule = playSchedule({
    faults,
    startsInMs: 0,
    contextOf: () => context,
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  await schedule.done;
  return schedule.records[0] as FaultRecord;
}

const plain = (mistakes: string): string =>
  `import { plainChatDriver } from '${PLAIN}';\nexport const driver = plainChatDriver('mine', ${mistakes});`;
const RIGHT = plain('{}');
/** As anybody would write it, and as Node's documentation makes one believe that it is right. */
const PAUSES = plain(
  `{ session: (right) => ({ stall() { right.webSocket.ping(); right.socket.pause(); return true; }, resume() { right.socket.resume(); } }) }`,
);
const SAYS_SO = plain('{ session: () => ({ stall: () => true, resume() {} }) }');
const READS_AFTER_A_WHILE = plain(
  `{ session: (right) => ({ stall() { const stalled = right.stall(); setTimeout(() => right.resume(), 300); return stalled; } }) }`,
);
const ABANDONS_BY_A_PAUSE = plain(
  `{ session: (right) => ({ abandon() { right.webSocket.ping(); right.socket.pause(); right.failed(0, 'abandoned'); right.over(1006); return { end: () => right.socket.resetAndDestroy() }; } }) }`,
);
const HELPED = readFileSync(join(EXAMPLE, 'chat-driver.ts'), 'utf8');

test.each([
  ['slow-consumer', 'a driver that stops the handle', RIGHT],
  ['slow-consumer', 'the helper for WebSocket', HELPED],
  ['half-open', 'a driver that stops the handle', RIGHT],
  ['half-open', 'the helper for WebSocket', HELPED],
])('%s is verified with %s, under load and without', { timeout: 60_000 }, async (kind, _how, driver) => {
  for (const loaded of [true, false]) {
    expect(await play(kind, driver, loaded)).toMatchObject({ verified: true, target: '2 users' });
    await pool?.stop();
  }
});

test.each([
  ['slow-consumer', 'only pauses the socket', PAUSES],
  ['slow-consumer', 'only says that it stalls', SAYS_SO],
  ['slow-consumer', 'reads again before its time', READS_AFTER_A_WHILE],
  ['half-open', 'only pauses the socket', ABANDONS_BY_A_PAUSE],
])(
  '%s is not verified with a driver that %s, and the evidence says that it was read',
  {
    timeout: 60_000,
  },
  async (kind, _how, driver) => {
    const record = await play(kind, driver, true);
    expect(record.verified).toBe(false);
    expect(record.evidence.join('\n')).toMatch(/2 of 2 sockets were still read|2 (of 2 )?were still read/);
  },
);

test('slow-consumer is not verified if a paused socket kept reading and the server then fell silent', {
  timeout: 60_000,
}, async () => {
  expect(await play('slow-consumer', PAUSES, false)).toMatchObject({ verified: false });
});

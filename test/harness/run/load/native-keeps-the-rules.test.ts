/** The bundled native driver, held to the rules as an own one is: under load, churn, a crash of the server and every affliction. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WorkerPool } from '../../../../harness/run/load/worker-pool.ts';
import { project } from '../../plan/own-server/project.ts';
import { loadPlan } from './load-plan.ts';
import { TinyServer } from './tiny-server.ts';

const NATIVE = new URL('../../../../harness/run/drivers/native/native-driver.ts', import.meta.url);
const USERS = 12;
const LOAD = loadPlan({
  model: { kind: 'constant', ratePerSecond: 300 },
  durationMs: 1_500,
  contacts: { kind: 'zipf', perUser: 5, exponent: 1 },
  churnPerSecond: 0.5,
  awayMs: 200,
  readShare: 0.5,
  receiptShare: 0.5,
});

let server: TinyServer;

beforeAll(async () => {
  server = new TinyServer();
  await server.listen();
});

afterAll(() => server.close());

test('the native driver breaks no rule of the interface', async () => {
  const folder = project({
    'native.ts': `import { NativeDriver } from '${pathToFileURL(NATIVE.pathname).href}';\nexport const driver = new NativeDriver();`,
  });
  const pool = await WorkerPool.start({
    load: LOAD,
    driver: join(folder, 'native.ts'),
    users: USERS,
    seed: 7,
    endpoints: [server.endpoint],
    credential: server.credential,
    folder,
  });
  try {
    await pool.connect(USERS, 2_000, 20_000);
    const { handedOut } = pool.startLoad();
    await pool.afflict('stall', [0, 1]);
    await pool.afflict('abandon', [2, 3]);
    await pool.afflict('reset', [4, 5]);
    await pool.afflict('drop', [6]);
    await server.crash();
    await server.restart();
    await handedOut;
    await pool.relieve('stall', [0, 1]);
    await pool.relieve('abandon', [2, 3]);
    await pool.relieve('drop', [6]);
    const { drained } = await pool.drain(20_000);
    await pool.finish(drained);
    expect(pool.driverName).toBe('native (native.ts)');
    expect(pool.brokenRules).toEqual([]);
    expect((await pool.counts()).all.acked).toBeGreaterThan(0);
  } finally {
    await pool.stop();
  }
});

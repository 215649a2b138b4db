/** A parent of two workers that tells their process ids to its own parent and then waits to be killed. */
import { WorkerPool } from '../../../../harness/run/load/worker-pool.ts';

const [endpoint = '', folder = ''] = process.argv.slice(2);
const pool = await WorkerPool.start({
  load: {
    model: { kind: 'constant', ratePerSecond: 1 },
    durationMs: 60_000,
    warmUpMs: 0,
    payloadBytes: 32,
    contacts: { kind: 'uniform', perUser: 1 },
    churnPerSecond: 0,
    awayMs: 1_000,
    offlineShare: 0,
    readShare: 0,
    receiptShare: 0,
    connectPerSecond: 100,
    devices: 1,
    watch: 0,
    keepaliveMs: 3_000,
    driver: null,
    workers: 2,
  },
  driver: 'native',
  users: 4,
  seed: 1,
  endpoints: [JSON.parse(endpoint)],
  credential: (user, device) => ({ user, device, token: '', secret: '' }),
  folder,
});
process.send?.(pool.osPids);

/** A parent of two workers that tells their process ids to its own parent and then waits to be killed. */
import { WorkerPool } from '../../../../harness/run/load/worker-pool.ts';
import { loadPlan } from './load-plan.ts';

const [endpoint = '', folder = ''] = process.argv.slice(2);
const pool = await WorkerPool.start({
  load: loadPlan({ workers: 2 }),
  driver: 'native',
  users: 4,
  seed: 1,
  endpoints: [JSON.parse(endpoint)],
  credential: (user, device) => ({ user, device, token: '', secret: '' }),
  folder,
});
process.send?.(pool.osPids);

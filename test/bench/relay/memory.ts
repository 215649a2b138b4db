/** Server memory an idle connection: proportional set size before and after a crowd signed in, garbage collected both times. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reference } from '../../../targets/reference/target.ts';
import type { DeployedNode } from '../../../targets/target.ts';
import type { CrowdJob } from './crowd.ts';
import { answer, end, pssBytes, start } from './processes.ts';

const SETTLE_MS = 1_000;
const WARM_UP = 500;

/** Bytes of PSS each of `users` connections costs a bare `ws` server. */
export async function bareMemory(users: number): Promise<number> {
  const server = start('./bare-relay.ts', ['--expose-gc']);
  try {
    const { port } = await answer<{ port: number }>(server);
    const collect = async (): Promise<void> => {
      const collected = answer(server);
      server.send('gc');
      await collected;
    };
    return await measure(
      server.pid as number,
      { kind: 'bare', host: '127.0.0.1', port, path: '/', users, credentials: [] },
      collect,
    );
  } finally {
    await end(server);
  }
}

/** The same for our node, the user's process included. */
export async function referenceMemory(users: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'letitcrash-bench-'));
  const deployment = await reference.start({
    nodes: 1,
    durability: 'fsync',
    dataDir: join(directory, 'data'),
    logDir: join(directory, 'logs'),
    deployment: 241,
    config: {},
    via: null,
    env: {},
  });
  try {
    const node = deployment.nodes[0] as DeployedNode;
    // The last ones are for the warm-up: its users' processes linger, and must not be found again by the crowd.
    const credentials = Array.from({ length: users + WARM_UP }, (_, i) => deployment.credential(`u${i}`, 'd0'));
    const collect = async (): Promise<void> => {
      await node.introspect({ collectGarbage: true });
    };
    return await measure(node.osPid as number, { kind: 'reference', ...node.endpoint, users, credentials }, collect);
  } finally {
    await deployment.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(pid: number, job: CrowdJob, collect: () => Promise<void>): Promise<number> {
  // A few connections first, so that code and caches are not counted as connections.
  const warmUp = await gather({ ...job, users: WARM_UP, credentials: job.credentials.slice(job.users) });
  await end(warmUp);
  await settle(collect);
  const before = pssBytes(pid);
  const crowd = await gather(job);
  await settle(collect);
  const after = pssBytes(pid);
  await end(crowd);
  return (after - before) / job.users;
}

async function gather(job: CrowdJob): Promise<ReturnType<typeof start>> {
  const crowd = start('./crowd.ts');
  crowd.send(job);
  await answer(crowd);
  return crowd;
}

async function settle(collect: () => Promise<void>): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await collect();
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / 3));
  }
}

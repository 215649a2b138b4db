/** Relay throughput: our node beside the bare relay, in turns, one core for the server and one for the load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reference } from '../../../targets/reference/target.ts';
import type { DeployedNode, Durability } from '../../../targets/target.ts';
import { type LoadJob, type LoadResult, name } from './load.ts';
import { answer, end, pin, start } from './processes.ts';

/** How the load is shaped. */
export interface Shape {
  readonly users: number;
  /** Messages of one user that are on their way at any time. */
  readonly window: number;
}

/** Few users with a lot to say: several messages a connection and turn. */
export const BUSY: Shape = { users: 100, window: 32 };
/** Many users with one message each on its way: nothing can be batched on a connection. */
export const SPREAD: Shape = { users: 2_000, window: 1 };

const COMMON = { payloadBytes: 100, warmUpMs: 1_000, measureMs: 3_000 };
const SERVER_CORE = 0;
const CLIENT_CORE = 1;
/** A user of the ring sends thousands of messages a second, on purpose. */
const UNLIMITED = { sendsPerSecond: 1_000_000, sendBurst: 1_000_000, framesPerSecond: 1_000_000, frameBurst: 1_000_000 };

export async function bareThroughput(shape: Shape): Promise<LoadResult> {
  const server = start('./bare-relay.ts');
  try {
    const { port } = await answer<{ port: number }>(server);
    return await drive({
      ...COMMON,
      ...shape,
      kind: 'bare',
      serverPid: server.pid as number,
      host: '127.0.0.1',
      port,
      path: '/',
      credentials: [],
    });
  } finally {
    await end(server);
  }
}

export async function referenceThroughput(durability: Durability, shape: Shape): Promise<LoadResult> {
  const directory = mkdtempSync(join(tmpdir(), 'letitcrash-bench-'));
  const deployment = await reference.start({
    nodes: 1,
    durability,
    dataDir: join(directory, 'data'),
    logDir: join(directory, 'logs'),
    deployment: 240,
    config: UNLIMITED,
    via: null,
    env: {},
  });
  try {
    const node = deployment.nodes[0] as DeployedNode;
    const credentials = Array.from({ length: shape.users }, (_, i) => deployment.credential(name(i), 'd0'));
    return await drive({
      ...COMMON,
      ...shape,
      kind: 'reference',
      serverPid: node.osPid as number,
      ...node.endpoint,
      credentials,
    });
  } finally {
    await deployment.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function drive(job: LoadJob): Promise<LoadResult> {
  const load = start('./load.ts');
  try {
    pin(job.serverPid, SERVER_CORE);
    pin(load.pid as number, CLIENT_CORE);
    load.send(job);
    return await answer<LoadResult>(load);
  } finally {
    await end(load);
  }
}

/**
 * What the load generator itself costs, against the least server that speaks the protocol (peer-server.ts):
 * resident memory an idle connection, beside a bare `net` client in the same run; and verified messages a second a core, that is
 * attempted, acknowledged, delivered, checked and written down.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Outcome } from '../../../harness/evidence/ledger/observations.ts';
import { CpuClock } from '../../../harness/evidence/measure/cpu-clock.ts';
import { mergeHistograms } from '../../../harness/evidence/measure/latency-merge.ts';
import { sampleProcess } from '../../../harness/evidence/measure/process-sample.ts';
import type { LoadPlan } from '../../../harness/plan/scenario/plan.ts';
import { WorkerPool } from '../../../harness/run/load/worker-pool.ts';
import { issueToken } from '../../../targets/protocol/token.ts';
import type { Credential, Endpoint } from '../../../targets/target.ts';
import { loadPlan } from '../../harness/run/load/load-plan.ts';

const CONNECTIONS = 10_000;
const FEW = 200;
/** Before memory is read: time for the last handshake's garbage to go. */
const SETTLE_MS = 3_000;
const GOAL_BYTES = 8_192;
const GOAL_PER_CORE = 60_000;
const LOADS = [
  { users: 100, ratePerSecond: 50_000 },
  { users: 1_000, ratePerSecond: 50_000 },
] as const;
const WARM_UP_MS = 2_000;
const DURATION_MS = 5_000;

const LOAD = loadPlan({
  model: { kind: 'constant', ratePerSecond: 1_000 },
  durationMs: DURATION_MS,
  warmUpMs: WARM_UP_MS,
  contacts: { kind: 'uniform', perUser: 50 },
  connectPerSecond: 4_000,
});

const KEY = Buffer.alloc(32, 7);

function credential(user: string, device: string): Credential {
  return { user, device, ...issueToken(KEY, { user, device, expiresAt: 4_000_000_000, tokenId: user }) };
}

/** Runs `work` beside a peer server of its own. */
async function withServer<Result>(work: (endpoint: Endpoint) => Promise<Result>): Promise<Result> {
  const server = fork(fileURLToPath(new URL('./peer-server.ts', import.meta.url)));
  try {
    const port = await message<number>(server);
    return await work({ host: '127.0.0.1', port, path: '/' });
  } finally {
    server.kill('SIGKILL');
  }
}

function message<Value>(child: ChildProcess): Promise<Value> {
  return new Promise((resolve, reject) => {
    child.once('message', (value) => resolve(value as Value));
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended early (exit ${code})`)));
  });
}

async function withPool<Result>(
  endpoint: Endpoint,
  users: number,
  load: LoadPlan,
  onProgress: Parameters<typeof WorkerPool.start>[0]['onProgress'],
  work: (pool: WorkerPool) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'generator-bench-'));
  // CPU profiles are written when a worker goes: GENERATOR_BENCH_PROFILE names their folder.
  const profile = process.env.GENERATOR_BENCH_PROFILE;
  const execArgv = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const options = { load, driver: 'native', users, seed: 1, endpoints: [endpoint], credential, folder, execArgv };
  const pool = await WorkerPool.start(onProgress === undefined ? options : { ...options, onProgress });
  try {
    return await work(pool);
  } finally {
    await pool.stop();
    rmSync(folder, { recursive: true });
  }
}

function residentBytes(osPid: number): number {
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${osPid}/status`, 'utf8'));
  if (resident === null) throw new Error(`process ${osPid} has no resident memory`);
  return Number(resident[1]) * 1_024;
}

function generatorResident(connections: number): Promise<number> {
  return withServer((endpoint) =>
    withPool(endpoint, connections, LOAD, undefined, async (pool) => {
      await pool.connect(connections, LOAD.connectPerSecond, 60_000);
      await pause(SETTLE_MS);
      return residentBytes(pool.osPids[0] as number);
    }),
  );
}

function bareResident(connections: number): Promise<number> {
  return withServer(async ({ port }) => {
    const client = fork(fileURLToPath(new URL('./bare-client.ts', import.meta.url)), [String(port), String(connections)]);
    try {
      await message(client);
      await pause(SETTLE_MS);
      return residentBytes(client.pid as number);
    } finally {
      client.kill('SIGKILL');
    }
  });
}

async function memory(): Promise<void> {
  const perConnection = async (resident: (connections: number) => Promise<number>): Promise<number> => {
    const few = await resident(FEW);
    return ((await resident(CONNECTIONS)) - few) / (CONNECTIONS - FEW);
  };
  const bare = await perConnection(bareResident);
  const ours = await perConnection(generatorResident);
  console.log(`generator: resident memory an idle connection, ${CONNECTIONS} connections, Node ${process.version}`);
  console.log(`  bare net client         ${bare.toFixed(0).padStart(6)} B`);
  console.log(
    `  generator, user included${ours.toFixed(0).padStart(6)} B   ${(ours / bare).toFixed(2)} times   ${goal(ours <= GOAL_BYTES, `at most ${GOAL_BYTES} B`)}`,
  );
}

function goal(reached: boolean, text: string): string {
  return `${reached ? 'reached' : 'MISSED'}: ${text}`;
}

async function throughput({ users, ratePerSecond }: (typeof LOADS)[number]): Promise<void> {
  const lags: (string | null)[] = [];
  const load = { ...LOAD, model: { kind: 'constant', ratePerSecond } } as const;
  await withServer((endpoint) =>
    withPool(
      endpoint,
      users,
      load,
      (progress) => lags.push(progress.lag),
      async (pool) => {
        await pool.connect(users, LOAD.connectPerSecond, 60_000);
        const osPid = pool.osPids[0] as number;
        const { handedOut } = pool.startLoad();
        await pause(WARM_UP_MS + 200);
        const clock = new CpuClock();
        const before = await sampleProcess(osPid, clock);
        const since = performance.now();
        await handedOut;
        const after = await sampleProcess(osPid, clock);
        const seconds = (performance.now() - since) / 1e3;
        const drain = await pool.drain(30_000);
        const seen = await pool.finish(drain.drained);
        if (before === null || after === null) throw new Error('the worker cannot be measured');
        let acked = 0;
        for (let i = 0; i < seen.attempts.count; i++) if (seen.attempts.outcome[i] === Outcome.acked) acked++;
        let intact = 0;
        for (let i = 0; i < seen.deliveries.count; i++) if (seen.deliveries.flags[i] === 0) intact++;
        if (!drain.drained || acked !== seen.attempts.count || intact !== acked) {
          throw new Error(`${seen.attempts.count} attempted, ${acked} acknowledged, ${intact} delivered intact: not verified`);
        }
        const cpu = (after.cpuUs - before.cpuUs) / 1e6;
        const verified = acked * (DURATION_MS / (DURATION_MS + WARM_UP_MS));
        const perCore = verified / cpu;
        const lag = mergeHistograms(lags);
        console.log(
          `generator: ${users} users, ${ratePerSecond} messages/s offered for ${DURATION_MS / 1e3} s: ${(verified / seconds).toFixed(0)}/s verified on ${(cpu / seconds).toFixed(2)} cores`,
        );
        console.log(
          `  ${perCore.toFixed(0)} verified messages a second a core   ${goal(perCore >= GOAL_PER_CORE, `at least ${GOAL_PER_CORE}`)}   lag p50 ${(lag.getValueAtPercentile(50) / 1e3).toFixed(2)} ms, p99 ${(lag.getValueAtPercentile(99) / 1e3).toFixed(2)} ms`,
        );
      },
    ),
  );
}

/** Measures and prints; throws when the generator or its peer fails, not when a goal is missed. */
export async function generatorBench(): Promise<void> {
  await memory();
  for (const load of LOADS) await throughput(load);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generatorBench();

/**
 * A node of the reference server from its spawn until it says that it is ready, and the CPU it took: with nothing in its compile
 * cache, with what an earlier start left there, and so with what a node used to load at start and does not need to serve (undici and
 * HTTP/2, by way of importing node:http; prom-client). Taken in turns; the ratios count.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OwnedProcess, saysReady } from '../../../targets/owned-process.ts';
import { CONFIGURATION_VARIABLE, type NodeConfiguration } from '../../../targets/reference/configuration.ts';
import { cpuSeconds } from '../relay/processes.ts';

const ROUNDS = 12;
const READY_MS = 60_000;
const MAIN = fileURLToPath(new URL('../../../targets/reference/main.ts', import.meta.url));
const EAGER = `data:text/javascript,import 'node:http';import '${import.meta.resolve('prom-client')}'`;

interface Start {
  readonly readyMs: number;
  readonly cpuMs: number;
}

const WAYS = {
  'with the cache of an earlier start': { warm: true, flags: [] },
  'the same, HTTP client and metrics loaded too': { warm: true, flags: ['--import', EAGER] },
  'with an empty cache': { warm: false, flags: [] },
} as const;
type Way = keyof typeof WAYS;

export async function nodeStartBench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-bench-'));
  const names = Object.keys(WAYS) as Way[];
  const starts = new Map<Way, Start[]>(names.map((name) => [name, []]));
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const name of names) {
        const { warm, flags } = WAYS[name];
        const cache = join(folder, warm ? `warm-${flags.length}` : `cold-${round}`);
        const start = await startOnce(folder, cache, flags);
        // The first round fills the caches.
        if (round > 0) starts.get(name)?.push(start);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const base = figures(starts.get(names[0] as Way) as Start[]);
  for (const [name, all] of starts) {
    const { readyMs, cpuMs } = figures(all);
    const ratios =
      all === starts.get(names[0] as Way)
        ? ''
        : `; ready x ${(readyMs / base.readyMs).toFixed(2)}, CPU x ${(cpuMs / base.cpuMs).toFixed(2)}`;
    console.log(`node-start: ${name}: ready after ${readyMs.toFixed(0)} ms, ${(cpuMs / 1_000).toFixed(2)} s of CPU${ratios}`);
  }
}

async function startOnce(folder: string, cache: string, flags: readonly string[]): Promise<Start> {
  const secret = (): string => randomBytes(32).toString('base64url');
  const configuration: NodeConfiguration = {
    name: 'n1',
    host: '127.0.0.1',
    port: 0,
    controlPort: 0,
    httpPort: 0,
    dataDir: join(folder, 'store'),
    durability: 'fsync',
    tokenKey: secret(),
    controlToken: secret(),
    limits: {},
    cluster: { cookie: secret(), meshPort: 0, via: {} },
  };
  const env = { ...process.env, NODE_COMPILE_CACHE: cache, [CONFIGURATION_VARIABLE]: JSON.stringify(configuration) };
  const begin = performance.now();
  const node = new OwnedProcess({ name: 'node n1', args: ['--expose-gc', ...flags, MAIN], env, logFile: join(folder, 'log') });
  await node.ready(
    saysReady((message) => ((message as { readonly type?: unknown }).type === 'ready' ? true : null)),
    READY_MS,
  );
  const readyMs = performance.now() - begin;
  // What it wrote to its cache by then counts as well.
  const cpuMs = cpuSeconds(node.osPid as number) * 1_000;
  // SIGTERM, for the cache to be whole.
  await node.stop(READY_MS);
  return { readyMs, cpuMs };
}

function figures(starts: readonly Start[]): Start {
  return { readyMs: median(starts.map(({ readyMs }) => readyMs)), cpuMs: median(starts.map(({ cpuMs }) => cpuMs)) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

if (import.meta.main) await nodeStartBench();

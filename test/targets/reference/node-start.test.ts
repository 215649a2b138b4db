/** How a node starts: soon, from a cache of compiled code that may be missing, out of date, broken or shared, and never old code. */
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnedProcess, saysReady } from '../../../targets/owned-process.ts';
import { CONFIGURATION_VARIABLE, type NodeConfiguration } from '../../../targets/reference/configuration.ts';

const READY_MS = 60_000;
const MAIN = fileURLToPath(new URL('../../../targets/reference/main.ts', import.meta.url));

let folder: string;
let starts = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ready {
  readonly type: string;
  readonly port: number;
}

/** A lone node with its compile cache in `cache`, and its first message. */
async function start(
  cache: string,
  main = MAIN,
  flags: readonly string[] = [],
): Promise<{ process: OwnedProcess; ready: Ready }> {
  const secret = randomBytes(32).toString('base64url');
  const configuration: NodeConfiguration = {
    name: 'n1',
    host: '127.0.0.1',
    port: 0,
    controlPort: 0,
    httpPort: 0,
    dataDir: join(folder, 'store'),
    durability: 'memory',
    tokenKey: secret,
    controlToken: secret,
    limits: {},
  };
  const process_ = new OwnedProcess({
    name: 'node n1',
    args: [...flags, main],
    env: { ...process.env, NODE_COMPILE_CACHE: cache, [CONFIGURATION_VARIABLE]: JSON.stringify(configuration) },
    logFile: join(folder, `${++starts}.log`),
  });
  const ready = await process_.ready(
    saysReady((message) => (typeof message === 'object' ? (message as Ready) : null)),
    READY_MS,
  );
  return { process: process_, ready };
}

function filesIn(cache: string): readonly string[] {
  return readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('a node that serves has loaded neither an HTTP client, nor HTTP/2, nor the metrics', async () => {
  const list = join(folder, 'loaded.mjs');
  // Told by the node itself when it is ready, of the modules of Node and of packages.
  writeFileSync(
    list,
    `import { createRequire } from 'node:module';
    const send = process.send.bind(process);
    process.send = (message) => send({ ...message, builtins: process.moduleLoadList, packages: Object.keys(createRequire(import.meta.url).cache) });`,
  );
  const { process: node, ready } = await start(join(folder, 'loaded'), MAIN, ['--import', list]);
  await node.kill();
  const { builtins, packages } = ready as unknown as { builtins: string[]; packages: string[] };
  expect(builtins.filter((name) => /undici|http2/.test(name))).toEqual([]);
  expect(packages.filter((name) => name.includes('prom-client'))).toEqual([]);
  // It did look: these it has.
  expect(builtins).toContain('NativeModule _http_server');
  expect(packages.some((name) => name.includes('lmdb'))).toBe(true);
});

test('if nothing can be written, a node starts without a cache', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const { process: node, ready } = await start(join(file, 'cache'));
  expect(ready.port).toBeGreaterThan(0);
  await node.kill();
});

test('a node whose source changed never runs the earlier code, not even with the same size and time', async () => {
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(copy, 'node_modules'));
  cpSync(fileURLToPath(new URL('../../../targets', import.meta.url)), join(copy, 'targets'), { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  const main = join(copy, 'targets/reference/main.ts');
  const cache = join(folder, 'stale');
  const before = await start(cache, main);
  await before.process.stop(READY_MS);
  expect(before.ready.type).toBe('ready');
  expect(filesIn(cache).length).toBeGreaterThan(50);
  const { atime, mtime } = statSync(main);
  writeFileSync(main, readFileSync(main, 'utf8').replace("type: 'ready', port", "type: 'READY', port"));
  utimesSync(main, atime, mtime);
  const after = await start(cache, main);
  await after.process.kill();
  expect(after.ready.type).toBe('READY');
});

test('nodes that start at once on one empty cache all start, and so does one after another was killed while filling it', async () => {
  const cache = join(folder, 'shared');
  const nodes = await Promise.all([start(cache), start(cache), start(cache)]);
  // The cache is written after the ready message: some of them die in the middle.
  await Promise.all(nodes.map(({ process: node }) => node.kill()));
  const next = await start(cache);
  expect(next.ready.type).toBe('ready');
  await next.process.stop(READY_MS);
  expect(filesIn(cache).length).toBeGreaterThan(50);
});

test('a cache with files that were cut short, or that hold something else, is not used', async () => {
  const cache = join(folder, 'broken');
  const whole = await start(cache);
  await whole.process.stop(READY_MS);
  for (const [index, file] of filesIn(cache).entries()) {
    const { size } = statSync(file);
    if (index % 2 === 0) truncateSync(file, size >> 1);
    else writeFileSync(file, randomBytes(size));
  }
  const { process: node, ready } = await start(cache);
  expect(ready.type).toBe('ready');
  await node.kill();
});

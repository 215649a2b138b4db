/** HTTP load for real, in short: alone, beside messages, and on a server that is nobody's target. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Result, resultSchema } from '../../harness/evidence/result/result.ts';
import { until } from '../until.ts';
import { Command, isAlive } from './command.ts';

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'letitcrash-e2e-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

async function played(args: readonly string[], code: number): Promise<Result> {
  const command = new Command(['run', ...args, '--json', '--out', join(out, 'run')]);
  expect(await command.ended(), command.stderr).toBe(code);
  return resultSchema.parse(JSON.parse(command.stdout));
}
const short = ['--set', 'load.connections=5', '--set', 'load.duration=1s', '--set', 'load.warmUp=200ms'];

test('http: every answer of the reference server is a good one, and delivery is not mentioned', async () => {
  const result = await played(
    ['http', ...short, '--set', 'load.workers=2', '--set', 'load.rate=100/s', '--set', 'expect.http.p95=< 30s'],
    0,
  );
  expect(result).toMatchObject({ verdict: 'pass', load: { loop: 'closed', resolutionUs: 1_000, driver: 'http', valid: true } });
  const { http, latency, delivery } = result;
  expect(http?.ok).toBe(http?.answered);
  expect(http?.ok).toBeGreaterThan(0);
  expect(Object.keys(http?.statuses ?? {}).sort()).toEqual(['200', '201']);
  expect(latency).toMatchObject({ response: null, delivery: null, service: { count: http?.answered } });
  expect(delivery).toBeNull();
  const summary = readFileSync(join(out, 'run', 'summary.md'), 'utf8');
  expect(summary).toMatch(/nothing to account for/i);
  expect(summary).not.toContain('none lost');
}, 60_000);

test('http-beside-messages: messages are accounted for, and compared with and without requests', async () => {
  const sets = [
    'users=40',
    'load.rate=100/s',
    'load.duration=6s',
    'load.warmUp=0s',
    'http.at=2s',
    'http.for=2s',
    'http.rate=100/s',
  ];
  const limits = ['expect.response.p50=< 30s', 'limits.lag=10s'];
  const result = await played(['http-beside-messages', ...[...sets, ...limits].flatMap((set) => ['--set', set])], 0);
  expect(result).toMatchObject({
    verdict: 'pass',
    load: { loop: 'open', driver: 'native' },
    delivery: { lost: 0, drained: true },
  });
  const { http, latency } = result;
  expect(http?.ok).toBeGreaterThan(0);
  expect(http?.messages?.beside?.count).toBeGreaterThan(0);
  expect(http?.messages?.without?.count).toBeGreaterThan(0);
  expect((http?.messages?.beside?.count ?? 0) + (http?.messages?.without?.count ?? 0)).toBeLessThanOrEqual(
    latency.response?.count ?? 0,
  );
}, 90_000);

test('a url of one’s own is loaded without a target, and a server that answers nothing well proves nothing', async () => {
  const server = createServer((request, response) => response.writeHead(request.url === '/good' ? 200 : 500).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = join(out, 'own.yaml');
  writeFileSync(
    file,
    `name: own\nusers: 2\nload: { driver: http, url: '${url}', connections: 2, duration: 500ms, requests: [{ path: /good }] }\n`,
  );
  expect(await played([file], 0)).toMatchObject({ verdict: 'pass', target: { name: url, nodes: null } });
  const bad = readFileSync(file, 'utf8').replace('/good', '/bad');
  writeFileSync(file, bad);
  const result = await played([file], 5);
  expect(result.verdict).toBe('unknown');
  expect(result.reasons).toEqual(['no request was answered with a status of 2xx: nothing is proven']);
  writeFileSync(file, bad.replace(url, 'http://192.0.2.1:80'));
  const refused = new Command(['run', file, '--out', join(out, 'run2')]);
  expect(await refused.ended()).toBe(2);
  expect(refused.stderr).toContain("is not on this machine's loopback");
  server.close();
  server.closeAllConnections();
}, 60_000);

test('a run ends early when its abort condition holds, for a server that begins to fail and for one that is gone', async () => {
  let asked = 0;
  const server = createServer((_request, response) => response.writeHead(++asked > 100 ? 503 : 200).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = join(out, 'failing.yaml');
  writeFileSync(
    file,
    `name: failing
users: 2
load: { driver: http, url: 'http://127.0.0.1:${port}', connections: 2, rate: 50/s, workers: 2, duration: 10m, requests: [{ path: / }] }
abort: error.rate > 50% for 2s
`,
  );
  const failing = await played([file], 1);
  expect(failing).toMatchObject({
    verdict: 'fail',
    aborted: { condition: 'error.rate > 50% for 2s', limit: 0.5, unit: 'share' },
  });
  expect(failing.reasons[0]).toMatch(/^aborted at \d+\.00? s: error\.rate > 50% for 2s; it was /);
  expect(failing.http?.statuses).toMatchObject({ 200: 100 });
  expect(readFileSync(join(out, 'run', 'summary.md'), 'utf8')).toContain('Aborted after');

  server.close();
  server.closeAllConnections();
  rmSync(join(out, 'run'), { recursive: true });
  // One that is refused everywhere is busy being refused: whether it was too busy to be believed is not the point here.
  const gone = new Command(['run', file, '--json', '--out', join(out, 'run')]);
  expect([1, 5]).toContain(await gone.ended());
  expect(JSON.parse(gone.stdout)).toMatchObject({ aborted: { actual: 1 }, http: { ok: 0 } });
}, 90_000);

test('an interrupted run leaves nothing behind', async () => {
  const command = new Command([
    'run',
    'http',
    '--out',
    join(out, 'run'),
    '--set',
    'load.duration=60s',
    '--set',
    'load.rate=50/s',
  ]);
  await until(() => /Asking/.test(command.stderr) || !isAlive(command.child.pid as number), 'the load begins');
  const below = command.descendants();
  expect(below.length).toBeGreaterThanOrEqual(2);
  command.child.kill('SIGINT');
  expect(await command.ended()).toBe(130);
  await until(() => below.every((pid) => !isAlive(pid)), 'everything is gone');
}, 60_000);

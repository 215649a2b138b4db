/**
 * Whole runs with `load.driver=k6` on the real reference server, by a stand-in for k6 (test/stand-ins): what k6 itself would do is not
 * shown here, but that its command line, environment, summary and exit codes, as documented, make a run.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { plan } from '../../harness/front/library/plan.ts';
import { runScenario } from '../../harness/run/conductor/conductor.ts';
import { Profiler } from '../../harness/run/profile/profiler.ts';
import { checkBearer, checkToken } from '../../targets/protocol/token.ts';
import { letitcrash } from '../harness/front/cli/command-line.ts';
import { pathWithStandIn } from '../harness/run/drivers/k6/k6-command.ts';
import { until } from '../until.ts';
import { Command, commandLine, isAlive } from './command.ts';

let folder: string;
let PATH: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-k6-run-'));
  PATH = await pathWithStandIn(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function played(
  out: string,
  scenario: string,
  set: readonly string[],
): Promise<{ result: Result; code: number | null; stderr: string }> {
  const args = ['run', scenario, '--json', '--out', join(folder, out), '--set', 'load.driver=k6'];
  const { code, stdout, stderr } = await letitcrash([...args, ...set.flatMap((each) => ['--set', each])], { env: { PATH } });
  if (stdout === '') throw new Error(stderr);
  return { result: JSON.parse(stdout) as Result, code, stderr };
}

test('messages by virtual users: every one of them is answered, delivered and timed from when it was meant to be sent', async () => {
  const set = [
    'users=40',
    'load.rate=200/s',
    'load.duration=2s',
    'expect.delivery=observed',
    'expect.response.p50=< 2s',
    'limits.lag=5s',
  ];
  const { result, code, stderr } = await played('native', 'smoke', [...set, 'load.receipts=50%']);
  expect(result.reasons).toEqual([]);
  expect(code, stderr).toBe(0);
  expect(result).toMatchObject({
    verdict: 'pass',
    target: { name: 'reference' },
    load: { driver: 'k6', users: 40, connections: 40, loop: 'open' },
    checks: [{ name: 'letitcrash_response: med<2000', pass: true }],
  });
  const { sent, offered } = result.load;
  expect(offered).toBeGreaterThan(200);
  expect(sent).toBe(offered);
  const figure = (name: string): number =>
    result.measuredBy?.figures.find((each) => each.name === `letitcrash_${name}`)?.values.count ?? 0;
  expect([figure('acked'), figure('refused'), figure('unanswered')]).toEqual([sent, 0, 0]);
  expect(figure('delivered')).toBe(sent);
  expect(result.latency.response?.count).toBe(sent);
  expect(stderr).toMatch(/k6 2\.3\.0 loads ws:/);
  const files = await readdir(join(folder, 'native'));
  expect(files).toEqual(expect.arrayContaining(['result.json', 'report.html', 'k6-script.ts', 'k6-summary.json']));
  const script = await readFile(join(folder, 'native', 'k6-script.ts'), 'utf8');
  expect(script).not.toMatch(/eyJ|"secret"/);
});

test("requests by virtual users carry each user's own signature, and a missed threshold fails the run", async () => {
  const set = ['users=10', 'load.connections=4', 'load.duration=1s', 'load.warmUp=0s'];
  const { result, code } = await played('http', 'http', [...set, 'expect.http.p95=< 1us']);
  expect(result.http).toMatchObject({ connections: 4, origins: [expect.stringMatching(/^http:\/\/127\./)] });
  expect(result.http?.ok).toBe(result.http?.sent);
  expect(result).toMatchObject({
    verdict: 'fail',
    reasons: [expect.stringContaining('http_req_duration: p(95)<0.001')],
    load: { loop: 'closed' },
  });
  expect(result.checks).toContainEqual(expect.objectContaining({ name: 'http_req_failed: rate==0', pass: true }));
  expect(code).toBe(1);
});

test('without k6 nothing starts: exit 3, with how to get it', async () => {
  const out = join(folder, 'none');
  const args = ['run', 'smoke', '--out', out, '--set', 'load.driver=k6', '--set', 'expect.delivery=observed'];
  const { code, stderr } = await letitcrash(args, { env: { PATH: '/nowhere' } });
  expect(code).toBe(3);
  expect(stderr).toContain('there is no k6 on the PATH\n  install k6 1.6 or newer');
  expect(await readdir(folder)).not.toContain('none');
});

test('an interrupted run leaves nothing behind, not even k6', async () => {
  // Longer than the test may take: a k6 that is not ended does not end by itself.
  const set = ['load.driver=k6', 'expect.delivery=observed', 'users=10', 'load.duration=600s'];
  const command = new Command(['run', 'smoke', '--out', join(folder, 'interrupted'), ...set.flatMap((each) => ['--set', each])], {
    PATH,
  });
  const isK6 = (pid: number): boolean => commandLine(pid).includes('k6-stand-in.mjs run');
  await until(() => command.descendants().some(isK6) || !isAlive(command.child.pid as number), 'k6 runs');
  const below = command.descendants();
  expect(below.length).toBeGreaterThanOrEqual(2);
  command.child.kill('SIGINT');
  expect(await command.ended(), command.stderr).toBe(130);
  await until(() => below.every((pid) => !isAlive(pid)), 'everything is gone');
}, 60_000);

test('an abort while k6 is being started ends k6 as well', async () => {
  vi.stubEnv('PATH', PATH);
  const abort = new AbortController();
  // The last thing before k6 is started, and so the latest abort that its own listener does not hear.
  const prepare = async () => {
    abort.abort(new Error('enough'));
    return { begin: async () => undefined, end: () => Promise.reject(new Error('it went on')), discard: () => undefined };
  };
  const planned = await plan('smoke', { set: ['load.driver=k6', 'expect.delivery=observed', 'users=10', 'load.duration=300s'] });
  const played = runScenario(planned, {
    outDir: join(folder, 'aborted'),
    signal: abort.signal,
    progress: () => undefined,
    profiler: new Profiler({ kind: 'cpu', prepare }),
  });
  await expect(played.finally(() => vi.unstubAllEnvs())).rejects.toThrow('enough');
}, 60_000);

test('an exported script signs its users in with the key of a server, and its summary can be imported', async () => {
  const key = randomBytes(32);
  const credentials = pathToFileURL(resolve('harness/run/drivers/k6/script/credentials.ts')).href;
  const script = join(folder, 'keys.mjs');
  await writeFile(
    script,
    `import { bearerOf, credentialsOf, proofOf } from '${credentials}';
     export const options = { scenarios: {}, thresholds: {}, summaryTrendStats: [] };
     const [, second] = credentialsOf(2);
     const proof = Array.from(new Uint8Array(proofOf(second, new Uint8Array(16).fill(5).buffer)));
     export function handleSummary() { return { stdout: JSON.stringify({ ...second, proof, bearer: bearerOf(second) }) }; }`,
  );
  const env = { ...process.env, PATH, LETITCRASH_TOKEN_KEY: key.toString('base64url') };
  const { stdout } = await promisify(execFile)(join(folder, 'k6'), ['run', script], { env });
  const { token, proof, bearer } = JSON.parse(stdout) as { token: string; proof: number[]; bearer: string };
  const claims = { user: 'u1', device: 'd0' };
  expect(checkToken(key, { token, proof: Buffer.from(proof), challenge: Buffer.alloc(16, 5) }, Date.now())).toMatchObject({
    ok: true,
    claims,
  });
  expect(checkBearer(key, bearer, Date.now())).toMatchObject({ ok: true, claims });

  const summary = join(folder, 'native', 'k6-summary.json');
  const imported = await letitcrash(['import', 'k6', summary, '--json', '--out', join(folder, 'imported')]);
  expect(JSON.parse(imported.stdout)).toMatchObject({ verdict: 'pass', load: { loop: 'open' }, measuredBy: { tool: 'k6' } });
  expect(imported.code).toBe(0);
});

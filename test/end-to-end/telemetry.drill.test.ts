/** Metrics of real runs, scraped and received while they go on: outside and inside an arena, of messages and of requests alone. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Result, resultSchema } from '../../harness/evidence/result/result.ts';
import { run } from '../../harness/front/library/index.ts';
import { whyNoArena } from '../../harness/run/arena/namespaces.ts';
import { otlpReceiver, type Push, toldValue } from '../harness/front/watch/otlp-receiver.ts';
import { type Scraped, scraped } from '../harness/front/watch/prometheus-samples.ts';
import { until } from '../until.ts';
import { Command, isAlive } from './command.ts';

const noArena = await whyNoArena();
let out = '';
let receiver: Awaited<ReturnType<typeof otlpReceiver>>;
beforeEach(async () => {
  out = mkdtempSync(join(tmpdir(), 'letitcrash-e2e-'));
  receiver = await otlpReceiver();
});
afterEach(() => {
  receiver.close();
  rmSync(out, { recursive: true, force: true });
});

const ACKNOWLEDGED = 'letitcrash_load_messages_acknowledged_total';

/** Plays a scenario, and scrapes it until a scrape has `awaited`. */
async function followed(args: readonly string[], awaited: string): Promise<{ result: Result; scrape: Scraped; last: Push }> {
  const watch = ['--prometheus', '0', '--otlp', receiver.url];
  const command = new Command(['run', ...args, ...watch, '--json', '--out', join(out, 'run')]);
  let scrape: Scraped | null = null;
  await until(async () => {
    if (!isAlive(command.child.pid as number)) throw new Error(`it ended before: ${command.stderr}`);
    const url = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(command.stderr)?.[0];
    if (url !== undefined) scrape = scraped(await (await fetch(url)).text());
    return (scrape?.values.get(awaited) ?? 0) > 0;
  }, `a scrape has ${awaited}`);
  const code = await command.ended();
  expect([0, 1, 5], command.stderr).toContain(code);
  const last = receiver.pushes.at(-1);
  if (last === undefined || scrape === null) throw new Error(`nothing was received: ${command.stderr}`);
  return { result: resultSchema.parse(JSON.parse(command.stdout)), scrape, last };
}

/** The last push agrees with the ledger of the run. */
function expectAgreement(last: Push, { verdict, delivery }: Result): void {
  expect(toldValue(last, 'letitcrash.run.verdict', ['verdict', verdict])).toBe(1);
  expect(toldValue(last, 'letitcrash.run.delivery.messages', ['state', 'acked'])).toBe(delivery?.acked);
  expect(toldValue(last, 'letitcrash.load.messages.acknowledged')).toBeLessThanOrEqual(delivery?.acked ?? 0);
  expect(toldValue(last, 'letitcrash.load.messages.acknowledged')).toBeGreaterThan(0);
}

test('smoke is scraped and received while it runs, and its last push agrees with its ledger', async () => {
  const { result, scrape, last } = await followed(['smoke'], ACKNOWLEDGED);
  expect(scrape.values.get('letitcrash_run_phase{phase="start"}')).toBe(0);
  expect(receiver.pushes.length).toBeGreaterThan(3);
  expectAgreement(last, result);
  const times = last.metrics.find(({ name }) => name === 'letitcrash.load.response.time')?.histogram?.dataPoints[0];
  expect(Number(times?.count)).toBeGreaterThan(0);
  expect(Number(times?.count)).toBeLessThanOrEqual(result.latency.response?.count ?? 0);
}, 60_000);

test.skipIf(noArena !== null)(
  'a run in an arena is followed from outside it, its faults too',
  async () => {
    const scenario = join(out, 'crash.yaml');
    writeFileSync(
      scenario,
      `# One small fault.
name: crash
users: 50
load: { model: poisson, rate: 50/s, duration: 3s, connect: 1000/s }
faults: [{ at: 1s, kind: kill-process, count: 5 }]
limits: { lag: 10s }
`,
    );
    const { result, last } = await followed([scenario, '--arena'], ACKNOWLEDGED);
    expect(result.environment.arena).toBe(true);
    expectAgreement(last, result);
    const injected = result.faults.filter(({ verified, injectedAtMs }) => verified && injectedAtMs !== null).length;
    const faults = last.metrics.find(({ name }) => name === 'letitcrash.run.faults')?.sum?.dataPoints ?? [];
    const told = faults.filter(({ attributes }) => attributes.some(({ value }) => value.stringValue === 'injected'));
    expect(told.map(({ asDouble }) => asDouble ?? 0).reduce((sum, count) => sum + count, 0)).toBe(injected);
  },
  60_000,
);

test('requests alone are counted as they are answered', async () => {
  const short = ['load.connections=5', 'load.duration=3s', 'load.warmUp=0s', 'load.rate=100/s', 'expect.http.p95=< 30s'];
  const answers = 'letitcrash_load_http_answers_total{outcome="ok"}';
  const { result, scrape, last } = await followed(['http', ...short.flatMap((set) => ['--set', set])], answers);
  expect(scrape.values.has(ACKNOWLEDGED)).toBe(false);
  const told = toldValue(last, 'letitcrash.load.http.answers', ['outcome', 'ok']) ?? 0;
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThanOrEqual((result.http?.ok ?? 0) + 1);
  expect(toldValue(last, 'letitcrash.run.latency', ['latency', 'service'])).toBeDefined();
}, 60_000);

test('a call of the library exports the same, and prints nothing', async () => {
  const urls: string[] = [];
  const { result } = await run('smoke', {
    set: ['users=20', 'load.rate=50/s', 'load.duration=2s', 'limits.lag=10s'],
    outDir: join(out, 'run'),
    otlp: receiver.url,
    onProgress: (event) => {
      if (event.kind === 'watching') urls.push(event.url);
    },
  });
  expect(urls).toEqual([`${receiver.url}/v1/metrics`]);
  expectAgreement(receiver.pushes.at(-1) as Push, result);
}, 60_000);

test('a collector that never answers delays the end of a run by some seconds at most', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '50000');
  const { port } = silent.address() as AddressInfo;
  const { result } = await run('smoke', {
    set: ['users=20', 'load.rate=50/s', 'load.duration=1s', 'limits.lag=10s'],
    outDir: join(out, 'run'),
    otlp: `http://127.0.0.1:${port}`,
  });
  expect(result.delivery?.acked).toBeGreaterThan(0);
  silent.closeAllConnections();
  silent.close();
  vi.unstubAllEnvs();
}, 45_000);

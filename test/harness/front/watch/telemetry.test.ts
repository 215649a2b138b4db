/** Metrics of a run as they leave the process: a scrape over HTTP, and pushes to a receiver that decodes them. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startWatchers, type WatchOptions } from '../../../../harness/front/watch/start-watchers.ts';
import { loadPusher } from '../../../../harness/front/watch/telemetry/load-pusher.ts';
import { otlpEndpoint } from '../../../../harness/front/watch/telemetry/otlp-endpoint.ts';
import { PROMETHEUS_CONTENT_TYPE } from '../../../../harness/front/watch/telemetry/prometheus-text.ts';
import { resourceAttributesOf } from '../../../../harness/front/watch/telemetry/resource-attributes.ts';
import { WatchError } from '../../../../harness/front/watch/watch-error.ts';
import type { Watcher } from '../../../../harness/front/watch/watcher.ts';
import type { RunEvent } from '../../../../harness/run/conductor/progress.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { otlpReceiver, toldValue } from './otlp-receiver.ts';
import { scraped } from './prometheus-samples.ts';
import { plan, reading, WHOLE_RUN } from './watched-run.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closings.splice(0)) await close();
});

async function started(options: WatchOptions): Promise<{ watcher: Watcher; told: RunEvent[]; url: string }> {
  const told: RunEvent[] = [];
  const watcher = await startWatchers(plan(), options, (event) => told.push(event));
  closings.push(() => watcher.close());
  const watching = told.find((event) => event.kind === 'watching');
  return { watcher, told, url: watching?.url ?? '' };
}

async function receiving(answer?: () => number) {
  const receiver = await otlpReceiver(answer);
  closings.push(receiver.close);
  return receiver;
}

/** Where nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

function get(url: string, { host = new URL(url).host, method = 'GET' } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host }, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

describe('for Prometheus', () => {
  test('each scrape on 127.0.0.1 gives the present state, until the end', async () => {
    const { watcher, url } = await started({ prometheus: 0 });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const scrape = async () => {
      const response = await fetch(url);
      expect(response.headers.get('content-type')).toBe(PROMETHEUS_CONTENT_TYPE);
      return scraped(await response.text()).values.get('letitcrash_load_messages_acknowledged_total');
    };
    expect(await scrape()).toBeUndefined();
    watcher.event(reading(1000, 17, [1]));
    expect(await scrape()).toBe(17);
    watcher.event(reading(2000, 40, [1]));
    expect(await scrape()).toBe(40);
    await watcher.close();
    await expect(fetch(url)).rejects.toThrow();
  });

  test('nothing else is served, and no other host name works, so that a page in a browser gets nothing', async () => {
    const { url } = await started({ prometheus: 0 });
    expect(await get(url)).toBe(200);
    expect(await get(url, { host: `localhost:${new URL(url).port}` })).toBe(200);
    expect(await get(url, { host: 'attacker.example' })).toBe(421);
    expect(await get(url, { method: 'POST' })).toBe(405);
    expect(await get(new URL('/', url).href)).toBe(404);
  });

  test('an invalid port, and one that is taken, is reported before anything starts', async () => {
    const { url } = await started({ prometheus: 0 });
    const port = Number(new URL(url).port);
    await expect(started({ prometheus: port })).rejects.toThrow(
      new WatchError('machine', `prometheus: port ${port} of 127.0.0.1 is in use; name another one, or 0 for any free port`),
    );
    await expect(started({ prometheus: Number.NaN })).rejects.toThrow(/a port is a whole number/);
    await expect(started({ prometheus: 65_536 })).rejects.toMatchObject({ what: 'setting' });
  });
});

describe('over OTLP', () => {
  test('a receiver gets the run while it goes on, and once more at the end, with the verdict', async () => {
    const receiver = await receiving();
    const { watcher, told } = await started({ otlp: receiver.url });
    for (const event of WHOLE_RUN.slice(0, 2)) watcher.event(event);
    watcher.event({ kind: 'phase', phase: 'load', message: '' });
    await expect.poll(() => receiver.pushes.length).toBeGreaterThan(0);
    for (const event of WHOLE_RUN.slice(2)) watcher.event(event);
    await watcher.close();
    const [first, last] = [receiver.pushes[0], receiver.pushes.at(-1)];
    if (first === undefined || last === undefined) throw new Error('unreachable: it was waited for');
    expect(first.path).toBe('/v1/metrics');
    expect(first.headers['content-type']).toBe('application/json');
    expect(first.resource).toMatchObject({ 'service.name': 'letitcrash', 'service.version': expect.any(String) });
    expect(first.resource['service.instance.id']).toBe(last.resource['service.instance.id']);
    expect(toldValue(first, 'letitcrash.run.verdict', ['verdict', 'pass'])).toBeUndefined();
    expect(toldValue(last, 'letitcrash.run.verdict', ['verdict', exampleResult().verdict])).toBe(1);
    expect(toldValue(last, 'letitcrash.load.messages.acknowledged')).toBe(250);
    const acknowledged = last.metrics.find(({ name }) => name === 'letitcrash.load.messages.acknowledged');
    // 2 is cumulative.
    expect(acknowledged).toMatchObject({ unit: '{message}', sum: { isMonotonic: true, aggregationTemporality: 2 } });
    const times = last.metrics.find(({ name }) => name === 'letitcrash.load.response.time')?.histogram?.dataPoints[0];
    expect(Number(times?.count)).toBe(5);
    expect(times?.bucketCounts?.map(Number).reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(times?.bucketCounts).toHaveLength((times?.explicitBounds?.length ?? 0) + 1);
    expect(Number(times?.timeUnixNano)).toBeGreaterThanOrEqual(Number(times?.startTimeUnixNano));
    expect(told.filter(({ kind }) => kind === 'warning')).toEqual([]);
  });

  test('endpoint, headers and resource come from the environment, and no secret is shown', async () => {
    const receiver = await receiving();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `${receiver.url}/base/?key=secret1`);
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer%20secret2');
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=ci');
    const { watcher, told } = await started({ otlp: true });
    await watcher.close();
    const [push] = receiver.pushes;
    expect(push?.path).toBe('/base/v1/metrics?key=secret1');
    expect(push?.headers.authorization).toBe('Bearer secret2');
    expect(push?.resource['deployment.environment.name']).toBe('ci');
    expect(JSON.stringify(told)).not.toMatch(/secret/);
  });

  test.each([
    ['nobody listens', deadUrl, /ECONNREFUSED/],
    ['it refuses', async () => (await receiving(() => 401)).url, /status 401/],
  ])('a collector that does not work (%s) causes one warning', async (_, url, reason) => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '200');
    const { watcher, told } = await started({ otlp: await url() });
    for (const event of WHOLE_RUN) watcher.event(event);
    await watcher.close();
    const warnings = told.filter((event) => event.kind === 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(reason);
    expect(warnings[0]?.message).toContain('the run goes on without them');
  });

  test('a collector that never answers does not hold the run, nor its end', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    closings.push(() => {
      silent.close();
      silent.closeAllConnections();
    });
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '200');
    const { watcher, told } = await started({ otlp: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    for (const event of WHOLE_RUN) watcher.event(event);
    await watcher.close();
    expect(told.filter(({ kind }) => kind === 'warning')).toHaveLength(1);
  });
});

describe('where metrics go', () => {
  const url = (given: string | true, env: Record<string, string> = {}): string => otlpEndpoint(given, env).url;

  test('a base address gets the path; an address for metrics is taken unchanged; an option comes before both', () => {
    expect(url('http://c:4318')).toBe('http://c:4318/v1/metrics');
    expect(url('https://c/otlp/')).toBe('https://c/otlp/v1/metrics');
    expect(url('http://c/v1/metrics')).toBe('http://c/v1/metrics');
    expect(url(true)).toBe('http://localhost:4318/v1/metrics');
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://base', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://own/x' };
    expect(url(true, env)).toBe('http://own/x');
    expect(url(true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://base' })).toBe('http://base/v1/metrics');
    expect(url('http://c', env)).toBe('http://c/v1/metrics');
  });

  test.each(['quickstart', 'ftp://c', 'grpc://c:4317', ''])('%j is not a valid collector', (given) => {
    expect(() => url(given)).toThrow(/like http:\/\/localhost:4318/);
  });

  test('a password is refused on a command line, and is not repeated', () => {
    expect(() => url('http://me:hunter2@c')).toThrow(/OTEL_EXPORTER_OTLP_HEADERS/);
    expect(() => url('http://me:hunter2@c')).not.toThrow(/hunter2/);
    expect(otlpEndpoint(true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:hunter2@c' }).shown).toBe('http://c/v1/metrics');
  });
});

test.each([
  [{}, {}],
  [
    { OTEL_RESOURCE_ATTRIBUTES: 'team=chat, host.name = a%2Cb,', OTEL_SERVICE_NAME: '' },
    { team: 'chat', 'host.name': 'a,b' },
  ],
  [
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=x,team=chat', OTEL_SERVICE_NAME: 'y' },
    { 'service.name': 'y', team: 'chat' },
  ],
  // Nothing of what cannot be read as a whole.
  [{ OTEL_RESOURCE_ATTRIBUTES: 'team=chat,nonsense' }, {}],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'team=chat,bad=%E0%A4%A' }, {}],
])('%j says who sends: %j', (env, attributes) => expect(resourceAttributesOf(env)).toEqual(attributes));

describe("OpenTelemetry's exporter", () => {
  test('is requested with the command that installs it if it is missing, before anything starts', async () => {
    const missing = Object.assign(new Error("Cannot find package '@opentelemetry/resources' imported from /x"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const failure = loadPusher(() => Promise.reject(missing));
    await expect(failure).rejects.toBeInstanceOf(WatchError);
    await expect(failure).rejects.toMatchObject({
      what: 'machine',
      message: expect.stringMatching(/not installed\n {2}npm install .*@opentelemetry\/exporter-metrics-otlp-http/),
    });
  });

  test('is told from a defect of letitcrash if a version lacks what is needed, and if a module of its own is missing', async () => {
    const unfit = new SyntaxError(
      "The requested module '@opentelemetry/resources' does not provide an export named 'detectResources'",
    );
    await expect(loadPusher(() => Promise.reject(unfit))).rejects.toThrow(/otlp: .*cannot be used: .*detectResources/);
    const defect = Object.assign(new Error("Cannot find module '/x/otlp-data.js'"), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(loadPusher(() => Promise.reject(defect))).rejects.toBe(defect);
  });
});

/** A load by k6, but for the load: how it is planned, what k6 is told, and how its ends and its summary are read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { plan } from '../../../../../harness/front/library/plan.ts';
import { ScenarioError } from '../../../../../harness/front/library/scenario-error.ts';
import type { Plan } from '../../../../../harness/plan/scenario/plan.ts';
import { scenarioOfPlan } from '../../../../../harness/plan/scenario/scenario-of-plan.ts';
import { buildK6Result } from '../../../../../harness/run/conductor/k6/k6-result.ts';
import { unknownMachine } from '../../../../../harness/run/conductor/result/foreign-result.ts';
import { k6Environment } from '../../../../../harness/run/drivers/k6/k6-environment.ts';
import { k6ExitText } from '../../../../../harness/run/drivers/k6/k6-exit.ts';
import type { K6Metric, K6Summary } from '../../../../../harness/run/drivers/k6/k6-metric.ts';
import { requireK6 } from '../../../../../harness/run/drivers/k6/k6-program.ts';
import { k6Script } from '../../../../../harness/run/drivers/k6/k6-script.ts';
import { pathWithStandIn } from './k6-command.ts';

const BY_K6 = ['load.driver=k6'];

describe('a scenario by k6', () => {
  async function mistakes(name: string, set: readonly string[]): Promise<string> {
    try {
      await plan(name, { set: [...BY_K6, ...set] });
      return '';
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return error.message;
    }
  }

  test('is planned with k6 in place of the workers, and demands nothing of the ledger', async () => {
    const planned = await plan('smoke', { set: [...BY_K6, 'expect.delivery=observed'] });
    expect(planned).toMatchObject({ deliveryMustBeIntact: false, load: { driver: 'k6', model: { kind: 'poisson' } } });
    const http = await plan('http', { set: [...BY_K6, 'load.warmUp=0s'], seed: 7 });
    expect(http).toMatchObject({ load: { driver: 'k6', model: { kind: 'closed', connections: 50 } }, http: { url: null } });
    const again = await plan(scenarioOfPlan(http) as Parameters<typeof plan>[0], { seed: 7 });
    expect(again.load).toEqual(http.load);
  });

  test.each([
    ['smoke', [], 'keeps no ledger', 'expect.delivery=observed'],
    ['steady', ['expect.delivery=observed'], 'is not played by k6', 'load.churn=0%/s'],
    ['quickstart', ['expect.delivery=observed'], 'cannot be played with k6', 'leave out load.driver'],
    ['http', [], 'would be measured by k6', 'load.warmUp=0s'],
    ['http', ['load.warmUp=0s', 'load.pipelining=4'], 'one request at a time', 'pipelining: 1'],
  ])('%s with %j is refused, with the remedy', async (name, set, what, remedy) => {
    const said = await mistakes(name, set);
    expect(said).toContain(what);
    expect(said).toContain(remedy);
  });

  test('asks for no figure that k6 does not measure', async () => {
    expect(await mistakes('smoke', ['expect.delivery=observed', 'expect.delivery.lost==0'])).toContain('is not measured by k6');
  });
});

describe('what k6 is told', () => {
  const credential = (index: number) => ({ user: `u${index}`, device: 'd0', token: 't'.repeat(180), secret: 's'.repeat(43) });
  const told = (users: number, inherited: NodeJS.ProcessEnv = {}) =>
    k6Environment(inherited, {
      urls: ['ws://127.0.0.1:1/', 'ws://127.0.0.1:2/'],
      credentials: Array.from({ length: users }, (_, index) => credential(index)),
      summaryFile: 's.json',
    });

  test('contains every credential, in parts that fit into an environment', () => {
    const env = told(1_000);
    const parts = [0, 1, 2].map((part) => env[`LETITCRASH_CREDENTIALS_${part}`] ?? '');
    for (const part of parts) expect(part.length).toBeLessThan(131_072);
    expect(parts.flatMap((part) => JSON.parse(part) as unknown[])).toEqual(
      Array.from({ length: 1_000 }, (_, index) => [`u${index}`, 't'.repeat(180), 's'.repeat(43)]),
    );
    expect(env.LETITCRASH_URLS).toBe('ws://127.0.0.1:1/,ws://127.0.0.1:2/');
  });

  test('excludes settings that would replace the script, and is refused for more users than fit', () => {
    expect(told(1, { K6_VUS: '3', LETITCRASH_TOKEN_KEY: 'x', PATH: '/bin' })).not.toHaveProperty('K6_VUS');
    expect(told(1, { K6_VUS: '3', LETITCRASH_TOKEN_KEY: 'x', PATH: '/bin' })).not.toHaveProperty('LETITCRASH_TOKEN_KEY');
    expect(told(1, { PATH: '/bin' }).PATH).toBe('/bin');
    expect(() => told(10_000)).toThrow(/at most \d+ users/);
  });
});

describe('the k6 of the PATH', () => {
  let folder: string;
  const path = process.env.PATH;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'letitcrash-k6-path-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  afterEach(() => {
    process.env.PATH = path;
  });

  test('is refused with how to get it if it is absent or too old', async () => {
    process.env.PATH = folder;
    await expect(requireK6()).rejects.toThrow('there is no k6 on the PATH\n  install k6 1.6 or newer');
    process.env.PATH = await pathWithStandIn(folder, 'k6 v0.57.0 (go1.23)');
    await expect(requireK6()).rejects.toThrow('k6 is 0.57.0\n  install');
    process.env.PATH = await pathWithStandIn(folder, 'k6.exe v1.10.0 (go1.23)');
    await expect(requireK6()).resolves.toBe('1.10.0');
  });
});

test('has its exit codes explained in words', () => {
  expect(k6ExitText(107, null)).toBe('k6 ended with 107: the script threw an error');
  expect(k6ExitText(42, null)).toContain('42');
  expect(k6ExitText(null, 'SIGKILL')).toContain('SIGKILL');
});

describe('a summary of a load by k6', () => {
  const trend = (ms: number, thresholds: K6Metric['thresholds'] = []): K6Metric => ({
    type: 'trend',
    unit: 'ms',
    values: { avg: ms, min: ms, med: ms, max: ms, 'p(90)': ms, 'p(95)': ms, 'p(99)': ms, 'p(99.9)': ms, count: 90 },
    thresholds,
  });
  const counter = (count: number): K6Metric => ({ type: 'counter', unit: '', values: { count, rate: count }, thresholds: [] });
  const metrics = (lagMs: number, thresholds: K6Metric['thresholds']): K6Summary['metrics'] => ({
    letitcrash_offered: counter(100),
    letitcrash_sent: counter(95),
    letitcrash_acked: counter(90),
    letitcrash_delivered: counter(80),
    letitcrash_connected: counter(200),
    letitcrash_response: trend(20, thresholds),
    letitcrash_service: trend(10),
    letitcrash_delivery: trend(30),
    letitcrash_lag: trend(lagMs),
  });
  async function result(lagMs: number, thresholds: K6Metric['thresholds']) {
    const planned: Plan = await plan('smoke', { set: [...BY_K6, 'expect.delivery=observed', 'expect.load.connections==200'] });
    return buildK6Result({
      plan: planned,
      version: '2.3.0',
      script: await k6Script(planned),
      urls: ['ws://127.0.0.1:1/'],
      summary: { metrics: metrics(lagMs, thresholds), durationMs: 4_000, writtenAt: null, tellsThresholds: true, script: null },
      deployment: { target: { name: 'reference', version: '1', runtime: 'node' }, config: {} },
      environment: { ...unknownMachine('1'), cores: 2 },
      startedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 6_000,
      peakPssBytes: { nodes: [1], workers: 2 },
      cpu: { fromUs: 0, toUs: 1e6, nodes: [0.5], workers: 1.5, nodesUs: 1, readings: [] },
      profiledWith: null,
      interrupted: null,
    });
  }

  test('gives response times from the intended send, thresholds and expectations together, and no ledger', async () => {
    const made = await result(1, [{ expression: 'med<100', ok: true }]);
    expect(made).toMatchObject({
      verdict: 'pass',
      target: { name: 'reference', nodes: 1 },
      load: { driver: 'k6', loop: 'open', users: 200, connections: 200, offered: 100, sent: 95 },
      latency: { response: { p99Us: 20_000 }, service: { p50Us: 10_000 }, delivery: { maxUs: 30_000 } },
      delivery: null,
      measuredBy: { tool: 'k6' },
    });
    expect(made.load).toMatchObject({ ratePerSecond: 95 / 4, ackedPerSecond: 90 / 4 });
    expect(made.checks.map(({ name, pass }) => [name, pass])).toEqual([
      ['letitcrash_response: med<100', true],
      [expect.stringContaining('load.connections'), true],
    ]);
  });

  test('fails a threshold that k6 had no sample for, which k6 itself calls met', async () => {
    const { verdict, reasons } = await result(1, []);
    expect([verdict, reasons]).toEqual(['fail', ['letitcrash_response: med<100 could not be measured']]);
  });

  test('is invalid, and gives no latency, if k6 was late', async () => {
    const { verdict, latency, reasons } = await result(51, [{ expression: 'med<100', ok: true }]);
    expect(verdict).toBe('invalid');
    expect(latency.response).toBeNull();
    expect(reasons).toEqual([expect.stringContaining('k6 could not keep up')]);
  });
});

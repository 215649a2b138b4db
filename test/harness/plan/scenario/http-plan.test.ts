/** HTTP in a scenario: alone, and beside messages. */
import { describe, expect, test } from 'vitest';
import { loadScenario } from '../../../../harness/plan/scenario/load-scenario.ts';
import type { Plan } from '../../../../harness/plan/scenario/plan.ts';
import { planScenario } from '../../../../harness/plan/scenario/plan-scenario.ts';
import { scenarioOfPlan } from '../../../../harness/plan/scenario/scenario-of-plan.ts';
import { parseScenarioText } from '../../../../harness/plan/scenario/source.ts';
import { catalogue } from '../../../../harness/run/conductor/catalogue.ts';

function plan(text: string, overrides: readonly string[] = []) {
  const parsed = parseScenarioText({ given: './t.yaml', file: 't.yaml', sha256: '', text });
  if (!parsed.ok) throw new Error('not YAML');
  return planScenario(parsed.source, { catalogue, overrides, seed: 7 });
}
const problems = (text: string): string[] => {
  const outcome = plan(text);
  return outcome.ok ? [] : outcome.problems.map(({ place, message, remedy }) => `${place.path}: ${message}; ${remedy}`);
};
const ALONE = 'name: a\nusers: 4\nload: { driver: http, connections: 4, duration: 2s, requests: [{ path: /v1/account }] }\n';
const BESIDE = 'name: b\nusers: 20\nload: { rate: 10/s, duration: 5s }\nhttp: { at: 1s, requests: [{ path: /v1/account }] }\n';

async function bundled(name: string): Promise<Plan> {
  const loaded = await loadScenario(name);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const outcome = planScenario(loaded.source, { catalogue, overrides: [], seed: 7 });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.plan;
}

test('the scenario http has requests alone: a closed loop, with nothing to deliver', async () => {
  const { load, http, deliveryMustBeIntact, scenario } = await bundled('http');
  expect(load).toMatchObject({ driver: 'http', model: { kind: 'closed', connections: 50, ratePerSecond: null } });
  expect(http).toMatchObject({ url: null, atMs: 0, forMs: load.durationMs });
  expect(http?.requests.every(({ signed }) => signed)).toBe(true);
  expect(deliveryMustBeIntact).toBe(false);
  expect(scenario.summary).toContain('closed loop');
});

test('the scenario http-beside-messages sends requests in the middle of a load of messages', async () => {
  const { load, http, deliveryMustBeIntact } = await bundled('http-beside-messages');
  expect(load).toMatchObject({ driver: null, model: { kind: 'poisson' } });
  expect(http).toMatchObject({ atMs: 6_000, forMs: 6_000, connections: 20 });
  expect(deliveryMustBeIntact).toBe(true);
});

test.each(['http', 'http-beside-messages'])('%s is written back so that it plans the same', async (name) => {
  const first = await bundled(name);
  const again = planScenario(
    { ...(parsedOf('name: x') as object), data: scenarioOfPlan(first) } as Parameters<typeof planScenario>[0],
    { catalogue, overrides: [], seed: 7 },
  );
  if (!again.ok) throw new Error(JSON.stringify(again.problems));
  expect({ ...again.plan, scenario: null, expectations: null }).toEqual({ ...first, scenario: null, expectations: null });
});

function parsedOf(text: string) {
  const parsed = parseScenarioText({ given: './t.yaml', file: 't.yaml', sha256: '', text });
  return parsed.ok ? parsed.source : null;
}

describe('requests alone', () => {
  test('can be made of any scenario by an override', () => {
    const outcome = plan(ALONE, ['load.connections=8', 'load.rate=80/s', 'load.workers=2']);
    expect(outcome.ok && outcome.plan.http).toMatchObject({ connections: 8, ratePerSecond: 80, workers: 2 });
  });

  test.each([
    ['delivery', `${ALONE}expect: { delivery: intact }\n`, 'none to account for'],
    ['response times', `${ALONE}expect: { response.p99: < 5ms }\n`, 'this scenario has none'],
    ['faults', `${ALONE}faults: [{ at: 1s, kind: kill-node, for: 1s }]\n`, 'has no messages to watch'],
    [
      'an abort condition with k6',
      `${ALONE.replace('driver: http', 'driver: k6')}abort: error.rate > 50% for 1s\n`,
      'cannot be played with k6',
    ],
    [
      'an abort condition of messages',
      `${ALONE}abort: connected < 50% for 1s\n`,
      'does not measure; one of error.rate, ack.rate',
    ],
    ['an abort condition of response times', `${ALONE}abort: response.p99 > 1s for 1s\n`, 'does not measure'],
    ['a rate that leaves connections out', ALONE.replace('duration', 'rate: 2/s, duration'), 'at least 4/s'],
    ['a rate that is no whole number', ALONE.replace('duration', 'rate: 4.5/s, duration'), 'not a whole number'],
    ['more workers than connections', ALONE.replace('duration', 'workers: 5, duration'), 'at most 4'],
    ['a placeholder that is none', ALONE.replace('/v1/account', '"/{me}"'), 'has {me}, which stands for nothing'],
    ['no requests', ALONE.replace('[{ path: /v1/account }]', '[]'), 'at least one'],
    ['a path that is none', ALONE.replace('/v1/account', 'account'), 'begins with /'],
    ['a url with a path', ALONE.replace('duration', 'url: http://127.0.0.1:80/x, duration'), 'without a path'],
    ['a key of messages', ALONE.replace('duration', 'payload: 100B, duration'), 'no key "payload"'],
    ['a target without HTTP', `${ALONE}target: { use: calibrated, durability: memory }\n`, 'a target that does: reference'],
  ])('%s are refused in words', (_what, text, words) => {
    const said = problems(text);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(words);
  });

  test('may be ended by a condition on something that they measure', () => {
    const outcome = plan(`${ALONE}abort: [error.rate > 50% for 1s, ack.rate < 1/s for 2s]\n`);
    expect(outcome.ok && outcome.plan.abort).toMatchObject([
      { metric: 'error.rate', limit: 0.5, forMs: 1_000 },
      { metric: 'ack.rate', limit: 1 },
    ]);
  });

  test('may name metrics of requests', () => {
    const outcome = plan(`${ALONE}expect: { http.p95: < 5ms, http.errors: = 0%, http.rate: "> 10/s", service.p99: < 1s }\n`);
    expect(outcome.ok && outcome.plan.expectations).toHaveLength(4);
  });

  test('never send a bearer to a url that the scenario sets itself', () => {
    const outcome = plan(ALONE.replace('duration', 'url: http://127.0.0.1:8080, duration'));
    expect(outcome.ok && outcome.plan.http).toMatchObject({ url: 'http://127.0.0.1:8080', requests: [{ signed: false }] });
  });
});

describe('beside messages', () => {
  test('last to the end of the load, unless the scenario says otherwise', () => {
    const outcome = plan(BESIDE);
    expect(outcome.ok && outcome.plan.http).toMatchObject({ atMs: 1_000, forMs: 4_000 });
  });

  test.each([
    ['a beginning after the end', BESIDE.replace('at: 1s', 'at: 5s'), 'begins after the load has ended'],
    ['an end after the end', BESIDE.replace('at: 1s', 'at: 1s, for: 5s'), 'ends after the load has ended'],
  ])('%s is refused', (_what, text, words) => {
    expect(problems(text).join()).toContain(words);
  });

  test('are needed for a metric of theirs, which is refused without them', () => {
    const text = 'name: b\nusers: 20\nload: { rate: 10/s, duration: 5s }\nexpect: { http.p99: < 1s }\n';
    expect(problems(text).join()).toContain('needs an HTTP load');
  });
});

/** The HTTP driver against local servers whose answers are known exactly. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { HttpPlan, HttpRequestPlan } from '../../../../../harness/plan/scenario/plan.ts';
import { HttpLoad } from '../../../../../harness/run/drivers/http/http-load.ts';
import type { OwnHttp } from '../../../../../harness/run/drivers/http/http-measured.ts';
import { httpInvalidity, httpMeasured } from '../../../../../harness/run/drivers/http/http-measured.ts';
import { requestList } from '../../../../../harness/run/drivers/http/request-list.ts';

const GET: HttpRequestPlan = { method: 'GET', path: '/', weight: 1, headers: {}, body: null, signed: false };
const PLAN: HttpPlan = {
  url: null,
  requests: [GET],
  connections: 5,
  pipelining: 1,
  ratePerSecond: null,
  workers: 1,
  timeoutMs: 10_000,
  atMs: 0,
  forMs: 1_000,
};
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serving(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function loaded(origin: string, change: Partial<HttpPlan>, owned = false): Promise<OwnHttp> {
  const plan = { ...PLAN, ...change };
  const identities = Array.from({ length: plan.connections }, (_, index) => ({
    user: `u${index}`,
    bearer: `t${index}`,
    contacts: ['c'],
  }));
  const load = await HttpLoad.start({ plan, origins: [origin], owned, identities, warmUpMs: 0, onSecond: () => undefined });
  try {
    const reports = await load.go();
    return httpMeasured(plan, [origin], reports, reports[0]?.fromUs ?? 0);
  } finally {
    await load.stop();
  }
}

/** Answers when exactly so much has passed on the clock: a timer alone may be early by a part of a millisecond. */
function after(ms: number): RequestListener {
  return (_request, response) => {
    const at = performance.now() + ms;
    const wait = (): void => {
      if (performance.now() < at) setImmediate(wait);
      else response.end('x');
    };
    setTimeout(wait, ms - 2);
  };
}

const ATTEMPTS = 8;

test('a server that answers after exactly 50 ms has a p50 of 50 ms, also at a fixed rate, and no sample is invented', async () => {
  const origin = await serving(after(50));
  const seen: (number | undefined)[] = [];
  // A machine with better things to do answers later than exactly: then the next attempt shows it.
  while (seen.length < ATTEMPTS && !seen.some((p50Us) => p50Us !== undefined && p50Us <= 51_000)) {
    const { latency, answered, sent, unanswered } = await loaded(origin, { connections: 2, ratePerSecond: 20, forMs: 1_500 });
    expect(latency?.count).toBe(answered);
    expect(latency?.minUs).toBeGreaterThanOrEqual(50_000);
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThanOrEqual(sent);
    expect(unanswered).toBe(0);
    seen.push(latency?.p50Us);
  }
  expect(Math.min(...seen.map((p50Us) => p50Us ?? Number.POSITIVE_INFINITY))).toBeLessThanOrEqual(51_000);
}, 60_000);

test.each([
  [1, 1],
  [2, 1],
  [2, 4],
])('with %i generators and %i requests at once, counts are those of the server', async (workers, pipelining) => {
  let [asked, failed] = [0, 0];
  const origin = await serving((request, response) => {
    asked++;
    if (request.url === '/teapot') {
      failed++;
      response.writeHead(418);
    }
    response.end('x');
  });
  const requests = [
    { ...GET, weight: 3 },
    { ...GET, path: '/teapot' },
  ];
  const it = await loaded(origin, { requests, workers, pipelining, connections: 6, forMs: 500 });
  const inFlight = 6 * pipelining;
  expect(it.sent).toBeGreaterThanOrEqual(asked);
  expect(it.sent - asked).toBeLessThanOrEqual(inFlight);
  expect(it.sent - it.answered).toBeLessThanOrEqual(inFlight);
  expect(it.unanswered).toBe(0);
  expect(it.answered).toBe(it.latency?.count);
  expect(it.ok + (it.statuses['418'] ?? 0)).toBe(it.answered);
  expect(failed - (it.statuses['418'] ?? 0)).toBeLessThanOrEqual(inFlight);
  expect(failed).toBeGreaterThan(0);
  expect(it.seconds.reduce((sum, [ok, other]) => sum + ok + other, 0)).toBe(it.answered);
});

test('the rate is that of all generators together', async () => {
  const origin = await serving((_request, response) => response.end('x'));
  const { sent, fromMs, toMs } = await loaded(origin, { ratePerSecond: 30, workers: 3, connections: 6, forMs: 1_500 });
  // At most a burst at the beginning of each second, of which a slow machine may begin one more.
  expect(sent).toBeGreaterThanOrEqual(6);
  expect(sent).toBeLessThanOrEqual((Math.ceil((toMs - fromMs) / 1_000) + 1) * 30);
});

test('requests that are never answered are not counted as answers, and not forgotten', async () => {
  const origin = await serving((request) => void request.socket.destroy());
  const { answered, ok, latency, unanswered, errors } = await loaded(origin, { forMs: 300 });
  expect({ answered, ok, latency }).toEqual({ answered: 0, ok: 0, latency: null });
  expect(unanswered + errors).toBeGreaterThan(0);
});

test('each connection is a user of its own, with its own bearer, even with several requests at once', async () => {
  const seen = new Set<string>();
  const origin = await serving((request, response) => {
    seen.add(`${request.headers.authorization} ${request.url}`);
    response.end('x');
  });
  await loaded(origin, {
    requests: [{ ...GET, path: '/{user}/{contact}', signed: true }],
    pipelining: 3,
    workers: 2,
    forMs: 300,
  });
  expect([...seen].sort()).toEqual(Array.from({ length: 5 }, (_, index) => `Bearer t${index} /u${index}/c`));
});

test('a load ends early when told to, with what it measured', async () => {
  const origin = await serving((_request, response) => response.end('x'));
  const plan = { ...PLAN, forMs: 60_000 };
  const identities = Array.from({ length: 5 }, () => ({ user: 'u', bearer: null, contacts: [] }));
  let seconds = 0;
  const load = await HttpLoad.start({
    plan,
    origins: [origin],
    owned: false,
    identities,
    warmUpMs: 0,
    onSecond: () => {
      seconds++;
      load.cutShort();
    },
  });
  const [report] = await load.go();
  expect(report?.answered).toBeGreaterThan(0);
  expect(seconds).toBeGreaterThanOrEqual(1);
  await load.stop();
});

test("somebody else's server is refused before anything is started", async () => {
  await expect(loaded('http://192.0.2.1:80', {})).rejects.toThrow("192.0.2.1:80 is not on this machine's loopback");
});

test('a generator that is busier than allowed says so', () => {
  const report = { type: 'done', latenciesMs: '', statuses: {}, sent: 0, answered: 0, errors: 0, timeouts: 0, bytes: 0 } as const;
  const busy = { ...report, fromUs: 0, toUs: 1, cpu: 0.99, seconds: [] };
  expect(httpInvalidity([{ ...busy, cpu: 0.5 }, busy])).toEqual([expect.stringContaining('HTTP generator 1 used 99% of a core')]);
});

test('a request is made in proportion to its weight, for each contact', () => {
  const list = requestList(
    [
      { ...GET, path: '/{contact}', weight: 2 },
      { ...GET, method: 'POST', body: '{"to":"{contact}","by":"{user}"}', headers: { x: 'y' } },
    ],
    { user: 'me', bearer: 'b', contacts: ['ann', 'ben'] },
  );
  expect(list.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /ann',
    'GET /ann',
    'POST /',
    'GET /ben',
    'GET /ben',
    'POST /',
  ]);
  expect(list[5]).toMatchObject({ body: '{"to":"ben","by":"me"}', headers: { 'content-type': 'application/json', x: 'y' } });
  expect(list[5]?.headers).not.toHaveProperty('authorization');
});

test('a load that is killed before it starts says that it died, and does not wait for an answer', async () => {
  const origin = await serving((_request, response) => response.end());
  const identities = [{ user: 'u', bearer: 't', contacts: ['c'] }];
  const plan = { ...PLAN, connections: 1, forMs: 60_000 };
  const load = await HttpLoad.start({
    plan,
    origins: [origin],
    owned: false,
    identities,
    warmUpMs: 0,
    onSecond: () => undefined,
  });
  await load.stop();
  await expect(load.go()).rejects.toThrow(/HTTP generator 0 ended before it answered \(/);
});

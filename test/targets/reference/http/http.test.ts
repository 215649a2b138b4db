/** The HTTP surface of a node: what it answers, and what it refuses. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bearerOf } from '../../../../targets/protocol/token.ts';
import document from '../../../../targets/reference/http/openapi.json' with { type: 'json' };
import { ROUTES } from '../../../../targets/reference/http/routes.ts';
import { type LocalNode, localNode } from '../local-node.ts';
import { TestClient } from '../test-client.ts';
import { ask, raw } from './http-client.ts';

let server: LocalNode;
let port: number;
const bearer = (user: string, device = 'd0', lifeSeconds?: number): string =>
  bearerOf(server.credential(user, device, lifeSeconds));
const json = { 'content-type': 'application/json' };

beforeAll(async () => {
  server = await localNode({ httpRequestMs: 400, httpMaxBodyBytes: 256, httpMaxHeaderBytes: 4_096, lingerMs: 0 });
  port = server.node.httpPort;
});
afterAll(() => server.stop());

describe('the OpenAPI document', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { security?: unknown; requestBody?: unknown; responses: object }>).map(
      ([method, operation]) => ({ what: `${method.toUpperCase()} ${path}`, operation }),
    ),
  );

  test('has exactly the routes that exist, with their access and bodies', () => {
    expect(operations.map(({ what }) => what).sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    for (const { method, path, access, body } of ROUTES) {
      const operation = operations.find(({ what }) => what === `${method} ${path}`)?.operation;
      expect(operation?.security, path).toEqual(access === 'public' ? [] : undefined);
      expect(operation?.requestBody !== undefined, path).toBe(body);
    }
  });

  test('is served to everybody', async () => {
    const answer = await ask(port, '/openapi.json');
    expect(answer).toMatchObject({ status: 200, type: 'application/json', body: document });
  });

  test.each([
    ['GET', '/v1/account', 'Account'],
    ['GET', '/v1/presence/ben', 'Presence'],
    ['GET', '/v1/conversations/ben/messages', 'Page'],
    ['POST', '/v1/tokens/refresh', 'Token'],
  ] as const)('names the fields of what %s %s answers', async (method, path, schema) => {
    const { status, body } = await ask(port, path, { method, bearer: bearer('anna') });
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual([...document.components.schemas[schema].required].sort());
  });
});

describe('tokens', () => {
  test('that were issued are accepted by the gateway and by HTTP, for the new device', async () => {
    const issued = await ask(port, '/v1/tokens', {
      method: 'POST',
      headers: json,
      body: '{"device":"tablet"}',
      bearer: bearer('anna'),
    });
    expect(issued.status).toBe(201);
    expect(issued.headers.get('cache-control')).toBe('no-store');
    expect((await ask(port, '/v1/account', { bearer: issued.body.bearer })).body).toMatchObject({
      user: 'anna',
      device: 'tablet',
    });
    const client = await TestClient.open(server.endpoint, issued.body);
    await client.bye();
  });

  test('that were refreshed live longer than the one that was shown', async () => {
    const old = bearer('anna', 'd0', 60);
    const before = await ask(port, '/v1/account', { bearer: old });
    const fresh = await ask(port, '/v1/tokens/refresh', { method: 'POST', bearer: old });
    const after = await ask(port, '/v1/account', { bearer: fresh.body.bearer });
    expect(after.body.device).toBe('d0');
    expect(after.body.tokenExpiresAt).toBe(fresh.body.expiresAt);
    expect(after.body.tokenExpiresAt).toBeGreaterThan(before.body.tokenExpiresAt + 3_000);
  });

  const wrong: readonly (readonly [what: string, make: () => string | undefined, detail: string])[] = [
    ['none', () => undefined, 'send Authorization'],
    ['no bearer at all', () => 'x y', 'send Authorization'],
    ['the token alone, as it goes over a socket', () => server.credential('anna').token, 'not a token'],
    ['a proof of another token', () => `${server.credential('anna').token}.${bearer('ben').split('.')[2]}`, 'bad proof'],
    [
      'the secret in place of the proof',
      () => `${server.credential('anna').token}.${server.credential('anna').secret}`,
      'bad proof',
    ],
    ['claims that were changed', () => `eyJzdWIiOiJiZW4ifQ.${bearer('anna').split('.').slice(1).join('.')}`, 'bad signature'],
    ['one that has expired', () => bearer('anna', 'd0', -1), 'token expired'],
  ];
  test.each(wrong)('%s is refused', async (_what, make, detail) => {
    const given = make();
    const { status, type, body, headers } = await ask(port, '/v1/account', given === undefined ? {} : { bearer: given });
    expect({ status, type, code: body.type }).toEqual({
      status: 401,
      type: 'application/problem+json',
      code: 'urn:letitcrash:problem:unauthorised',
    });
    expect(body.detail).toContain(detail);
    expect(headers.get('www-authenticate')).toContain('Bearer');
  });
});

describe('contacts', () => {
  test('presence follows users who come and go', async () => {
    const seen = async (): Promise<unknown> => (await ask(port, '/v1/presence/carl', { bearer: bearer('anna') })).body;
    expect(await seen()).toEqual({ user: 'carl', online: false, lastSeenMs: null });
    const carl = await server.client('carl');
    expect(await seen()).toEqual({ user: 'carl', online: true, lastSeenMs: null });
    await carl.bye();
    await expect.poll(seen).toMatchObject({ online: false, lastSeenMs: expect.any(Number) });
  });

  test('asking for presence leaves no subscription behind', async () => {
    const { processes } = JSON.parse((await server.ask('GET', '/processes')).text) as { readonly processes: number };
    for (let i = 0; i < 20; i++) await ask(port, '/v1/presence/dora', { bearer: bearer('anna') });
    await expect
      .poll(async () => JSON.parse((await server.ask('GET', '/processes')).text).processes)
      .toBeLessThanOrEqual(processes);
  });

  test('the account lists what is stored about the user', async () => {
    const emil = await server.client('emil', { device: 'phone' });
    const { body } = await ask(port, '/v1/account', { bearer: bearer('emil', 'phone') });
    expect(body).toMatchObject({ user: 'emil', device: 'phone', connectionsHere: 1, devices: [{ device: 'phone', cursor: 0 }] });
    await emil.bye();
  });
});

describe('the history of a conversation', () => {
  interface Page {
    readonly messages: readonly { readonly payload: string; readonly seq: number; readonly sentAtMs: number }[];
    readonly next: number | null;
  }
  const page = async (query: string): Promise<Page> =>
    (await ask(port, `/v1/conversations/anna/messages${query}`, { bearer: bearer('fritz') })).body;
  const texts = ({ messages }: Page): string[] =>
    messages.map(({ payload }) => Buffer.from(payload, 'base64').toString('latin1'));

  beforeAll(async () => {
    const [anna, gerd] = [await server.client('anna'), await server.client('gerd')];
    for (let id = 1; id <= 150; id++) {
      anna.send(id, 'fritz', `anna ${id}`);
      gerd.send(id, 'fritz', `gerd ${id}`);
    }
    await anna.until(() => anna.acks.length === 150, 'every ACK');
    await gerd.until(() => gerd.acks.length === 150, 'every ACK');
    await Promise.all([anna.bye(), gerd.bye()]);
  });

  test.each([1, 7, 50, 100])('pages of %i give every message of that sender once, in order', async (limit) => {
    const all: string[] = [];
    let after: number | null = 0;
    while (after !== null) {
      const one: Page = await page(`?after=${after}&limit=${limit}`);
      expect(one.messages.length).toBeLessThanOrEqual(limit);
      all.push(...texts(one));
      after = one.next;
    }
    expect(all).toEqual(Array.from({ length: 150 }, (_, index) => `anna ${index + 1}`));
  });

  test('nobody can read what was written to somebody else', async () => {
    const { body } = await ask(port, '/v1/conversations/anna/messages', { bearer: bearer('gerd') });
    expect(body).toEqual({ user: 'anna', messages: [], next: null });
  });

  test.each([
    ['?limit=0', 'limit: "0" is not a whole number from 1 to 100'],
    ['?limit=101', 'limit: "101"'],
    ['?limit=1e1', 'limit: "1e1"'],
    ['?after=-1', 'after: "-1" is not a seq'],
    ['?after=99999999999999999999', 'after:'],
    ['?page=2', 'there is no parameter "page"'],
  ])('%s is refused', async (query, detail) => {
    const answer = await ask(port, `/v1/conversations/anna/messages${query}`, { bearer: bearer('fritz') });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(detail);
  });
});

describe('hostile and mistaken requests', () => {
  const issue = (init: RequestInit) =>
    ask(port, '/v1/tokens', { method: 'POST', bearer: bearer('anna'), headers: json, ...init });

  test.each([
    ['no JSON', { body: '{' }, 400, 'not JSON'],
    ['a list', { body: '[1]' }, 400, 'not a JSON object'],
    ['no body', {}, 400, 'not JSON'],
    ['a field too many', { body: '{"device":"d1","user":"ben"}' }, 400, 'no field "user"'],
    ['a name that is none', { body: '{"device":"a b"}' }, 400, 'device: "a b" is not a name'],
    ['a name of another type', { body: '{"device":{"__proto__":1}}' }, 400, 'is not a name'],
    ['another type', { body: '{"device":"d1"}', headers: { 'content-type': 'text/plain' } }, 415, 'application/json'],
    ['a body too large', { body: JSON.stringify({ device: 'd'.repeat(300) }) }, 413, 'at most 256 bytes'],
  ] as const)('%s is refused', async (_what, init, status, detail) => {
    const answer = await issue(init);
    expect({ status: answer.status, type: answer.type }).toEqual({ status, type: 'application/problem+json' });
    expect(answer.body).toMatchObject({
      status,
      title: expect.any(String),
      type: expect.stringMatching(/^urn:letitcrash:problem:/),
    });
    expect(answer.body.detail).toContain(detail);
  });

  test('a body that never states its length ends at the limit', async () => {
    const before = server.node.counters.bounds['http-body'];
    const text = await raw(
      port,
      `POST /v1/tokens HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bearer('anna')}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${'40\r\n'.concat('x'.repeat(64), '\r\n').repeat(8)}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toMatch(/connection: close/i);
    expect(server.node.counters.bounds['http-body']).toBe(before + 1);
  });

  test.each([
    ['GET', '/v1/nothing', 404],
    ['GET', '/v1/account/', 404],
    ['GET', '/v1/../v1/account/x', 404],
    ['DELETE', '/v1/account', 405],
    ['GET', '/v1/presence/%00', 400],
    ['GET', '/v1/presence/a%2Fb', 400],
    ['GET', `/v1/presence/${'u'.repeat(65)}`, 400],
  ])('%s %s is answered by a problem', async (method, path, status) => {
    const answer = await ask(port, path, { method, bearer: bearer('anna') });
    expect({ status: answer.status, type: answer.type }).toEqual({ status, type: 'application/problem+json' });
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET');
  });

  test.each([
    ['garbage', '\x16\x03\x01\x02\x00\x01', 400],
    ['a request line too long', `GET /${'a'.repeat(5_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['a header too long', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(5_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a request that does not end', 'GET /v1/account HTTP/1.1\r\nHost: x\r\n', 408],
    [
      'a body that does not come',
      `POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Type: application/json\r\n`,
      408,
    ],
  ])('%s is refused, and the connection closed', async (_what, text, status) => {
    const answer = await raw(port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain(`"status":${status}`);
  });

  test('a message passes while a hundred requests wait', async () => {
    const slow = Array.from({ length: 100 }, () => raw(port, 'POST /v1/tokens HTTP/1.1\r\n'));
    const [anna, ben] = [await server.client('hilde'), await server.client('ida')];
    anna.send(1, 'ida', 'still here');
    await ben.until(() => ben.texts.includes('still here'), 'the message');
    await Promise.all([anna.bye(), ben.bye()]);
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('bounds of their own', () => {
  test('requests beyond the rate are refused on that connection, and counted', async () => {
    const strict = await localNode({ httpRequestsPerSecond: 1, httpRequestBurst: 3 });
    const one = 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n';
    const last = one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    const statuses = [...(await raw(strict.node.httpPort, one.repeat(5) + last)).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, s]) => s);
    expect(statuses).toEqual(['200', '200', '200', '429', '429', '429']);
    expect(strict.node.counters.bounds['http-rate']).toBe(3);
    expect((await ask(strict.node.httpPort, '/openapi.json')).status).toBe(200);
    await strict.stop();
  });

  test('connections beyond the limit are dropped, and counted', async () => {
    const strict = await localNode({ httpMaxConnections: 2, httpRequestMs: 400 });
    const answers = Array.from({ length: 5 }, () => raw(strict.node.httpPort, 'GET /openapi.json HTTP/1.1\r\n'));
    const said = await Promise.all(answers);
    expect(said.filter((text) => text.startsWith('HTTP/1.1 408'))).toHaveLength(2);
    expect(said.filter((text) => text === '')).toHaveLength(3);
    expect(strict.node.counters.bounds['http-connections']).toBe(3);
    await strict.stop();
  });
});

test('the HTTP listener returns under its supervisor, on the same port', async () => {
  const { runtime } = server.node;
  const before = runtime.whereis('http listener');
  if (before === undefined) throw new Error('there is no http listener');
  runtime.exit(before, 'kill');
  await expect.poll(async () => (await ask(port, '/openapi.json').catch(() => null))?.status).toBe(200);
  expect(runtime.whereis('http listener')).not.toBe(before);
});

test('an unavailable presence process gives a 503, and no crash', async () => {
  const { runtime } = server.node;
  const presence = runtime.whereis('presence');
  const crashes = runtime.crashReports().length;
  vi.spyOn(runtime, 'whereis').mockReturnValue(undefined);
  expect((await ask(port, '/v1/presence/ben', { bearer: bearer('anna') })).status).toBe(503);
  vi.restoreAllMocks();
  expect(runtime.whereis('presence')).toBe(presence);
  expect(runtime.crashReports()).toHaveLength(crashes);
});

test('no part of a bearer is ever written down', async () => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  const mine = bearer('anna');
  const proof = mine.split('.')[2] as string;
  await ask(port, '/v1/account', { bearer: mine });
  const refused = await ask(port, '/v1/account', { bearer: `${mine.slice(0, -4)}AAAA` });
  vi.restoreAllMocks();
  expect(written.join('')).not.toContain(proof.slice(0, 20));
  expect(JSON.stringify(refused.body)).not.toContain(proof.slice(0, 20));
  const shown = (await server.ask('GET', '/crashes')).text + (await server.ask('GET', '/metrics')).text;
  expect(shown).not.toContain(proof.slice(0, 20));
});

/** Whoever has no token can neither keep those out who have one, nor find a request that the server fails at. */
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { bearerOf } from '../../../targets/protocol/token.ts';
import { MALFORMED, targets } from '../protocol/request-target.ts';
import { ask, raw } from './http/http-client.ts';
import { type LocalNode, localNode } from './local-node.ts';

let server: LocalNode;
const open: Socket[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await server.stop();
});

/** Connections that send `text` and then nothing; resolves when all are there. */
async function slow(port: number, count: number, text: string): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  open.push(...sockets);
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on('error', () => undefined).resume();
          socket.once('connect', () => socket.write(text, () => resolve()));
          socket.once('close', () => resolve());
        }),
    ),
  );
  return sockets;
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

describe('the control plane', () => {
  const request = (target: string, method = 'GET'): string =>
    `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.controlToken}\r\nConnection: close\r\n\r\n`;

  test.each(['', 'GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: '])(
    'answers a client with the token while more strangers than there are places send %j and wait',
    async (text) => {
      server = await localNode();
      const strangers = await slow(server.node.controlPort, 1_100, text);
      const { status } = await server.ask('GET', '/health');
      expect(status).toBe(200);
      // For others, or on a machine so slow that they come one by one, because their own time was up.
      await expect.poll(() => strangers.some(({ closed }) => closed)).toBe(true);
    },
  );

  test('drops a stranger that shows no token in time, and one that shows a wrong token at once', async () => {
    server = await localNode();
    const [one] = await slow(server.node.controlPort, 1, 'GET /health HTTP/1.1\r\nHost: x\r\n');
    expect(await raw(server.node.controlPort, 'GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer no\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 401 /,
    );
    await expect.poll(() => one?.closed === true || one?.readableEnded === true).toBe(true);
  });

  test.each(MALFORMED)('answers %j with 400', async (target) => {
    server = await localNode();
    expect(statusOf(await raw(server.node.controlPort, request(target)))).toBe(400);
  });

  test('never fails at a request target, whatever it contains', async () => {
    server = await localNode();
    await fc.assert(
      fc.asyncProperty(targets, fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS'), async (target, method) => {
        const status = statusOf(await raw(server.node.controlPort, request(target, method)));
        expect([200, 400, 404, 413]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the HTTP surface', () => {
  test('answers a user with a bearer while strangers hold all places, and keeps a request that is being answered', async () => {
    server = await localNode({ httpMaxConnections: 8 });
    const { httpPort: port, counters } = server.node;
    await slow(port, 20, 'GET /v1/account HTTP/1.1\r\nHost: x\r\n');
    const bearer = bearerOf(server.credential('anna'));
    expect((await ask(port, '/v1/account', { bearer })).status).toBe(200);
    expect(counters.bounds['http-connections']).toBeGreaterThan(0);
  });

  test('makes room if everybody who is connected has shown a bearer and asks nothing', async () => {
    server = await localNode({ httpMaxConnections: 4 });
    const bearer = bearerOf(server.credential('anna'));
    const idle = `GET /v1/account HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bearer}\r\n\r\n`;
    const sockets = await slow(server.node.httpPort, 4, idle);
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
    expect((await ask(server.node.httpPort, '/v1/account', { bearer })).status).toBe(200);
  });

  test('never fails at a request target, whatever it contains, and reports a malformed one', async () => {
    server = await localNode();
    const { httpPort: port } = server.node;
    const bearer = bearerOf(server.credential('anna'));
    const request = (target: string, method: string): Promise<string> =>
      raw(port, `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bearer}\r\nConnection: close\r\n\r\n`);
    for (const target of MALFORMED) expect(statusOf(await request(target, 'GET')), target).toBe(400);
    await fc.assert(
      fc.asyncProperty(targets, fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD'), async (target, method) => {
        expect([200, 400, 404, 405, 415]).toContain(statusOf(await request(target, method)));
      }),
      { numRuns: 300 },
    );
    const encoded = await request('/v1/presence/a%40b', 'GET');
    expect(encoded).toContain('"user":"a@b"');
  });
});

describe('the gateway', () => {
  const upgrade =
    'GET /letitcrash HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: letitcrash.1\r\n\r\n';

  test.each(['', upgrade])('lets a client sign in while strangers who sent %j hold all places', async (text) => {
    server = await localNode({ maxConnections: 6 });
    await slow(server.endpoint.port, 12, text);
    const anna = await server.client('anna');
    const ben = await server.client('ben');
    anna.send(1, 'ben', 'still here');
    await ben.until(() => ben.texts.includes('still here'), 'the message');
    expect(server.node.counters.bounds.connections).toBeGreaterThan(0);
    expect(server.node.gateway.connections).toBeLessThanOrEqual(6);
    await Promise.all([anna.bye(), ben.bye()]);
  });

  test('refuses a newcomer if everybody is signed in', async () => {
    server = await localNode({ maxConnections: 2 });
    const clients = [await server.client('anna'), await server.client('ben')];
    expect(statusOf(await raw(server.endpoint.port, upgrade))).toBe(503);
    await Promise.all(clients.map((client) => client.bye()));
  });
});

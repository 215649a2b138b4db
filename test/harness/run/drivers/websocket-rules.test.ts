/** The rules that only the WebSocket helper can see broken, on a real connection. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { CheckedDriver } from '../../../../harness/run/drivers/checked-driver.ts';
import { webSocketDriver } from '../../../../harness/run/drivers/websocket/websocket-driver.ts';
import type { WebSocketProtocol } from '../../../../harness/run/drivers/websocket/websocket-protocol.ts';
import { PayloadWriter } from '../../../../harness/run/load/payload.ts';

const RIGHT: WebSocketProtocol = {
  name: 'lines',
  send: (_id, _to, payload) => payload.toString('base64'),
  receive: (frame, heard) => heard.acked(Number(frame.toString())),
};

let server: WebSocketServer;

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  // Whatever it gets is message 1.
  server.on('connection', (socket) => socket.on('message', () => socket.send('1')).on('error', () => undefined));
  await once(server, 'listening');
});

afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

/** Sends one message and hears of it, or of the end; gives the rules that were broken. */
async function broken(mistakes: Partial<WebSocketProtocol>): Promise<readonly string[]> {
  const driver = new CheckedDriver(webSocketDriver({ ...RIGHT, ...mistakes }), 'lines.ts', () => undefined);
  await new Promise<void>((resolve) => {
    const session = driver.connect(
      {
        endpoint: { host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/' },
        credential: { user: 'u0', device: 'd0', token: '', secret: '' },
        cursor: 0,
        usedId: 0,
        localAddress: null,
        handshakeTimeoutMs: 20_000,
        keepaliveMs: 20_000,
        redirected: false,
      },
      {
        open: () => void session.send(1, 'u1', new PayloadWriter(100, 7).write(0, 1, 1e6), false),
        acked: () => resolve(),
        refused: () => undefined,
        delivered: () => undefined,
        receipt: () => undefined,
        ended: () => resolve(),
      },
    );
  });
  return driver.brokenRules.map(({ rule, count }) => `${rule} ${count}`);
}

test.each<[how: string, mistakes: Partial<WebSocketProtocol>, rules: readonly string[]]>([
  ['keeps them all', {}, []],
  ['sends bytes as text', { send: (_id, _to, payload) => payload.toString() }, ['payload-stays-bytes 1']],
  ['sends bytes as ASCII', { send: (_id, _to, payload) => payload.toString('ascii') }, ['payload-stays-bytes 1']],
  [
    'sends bytes as text written as bytes',
    { send: (_id, _to, payload) => Buffer.from(payload.toString()) },
    ['payload-stays-bytes 1'],
  ],
  [
    'hears in an async function',
    {
      receive: (async (frame: Buffer, heard: { acked(id: number): void }) => heard.acked(Number(frame.toString()))) as never,
    },
    ['hears-at-once 1'],
  ],
  [
    'calls what is no function',
    { receive: (_frame, heard) => (heard as unknown as { acknowledged(): void }).acknowledged() },
    ['throws-nothing 1'],
  ],
])('a protocol that %s', async (_how, mistakes, rules) => {
  expect(await broken(mistakes)).toEqual(rules);
});

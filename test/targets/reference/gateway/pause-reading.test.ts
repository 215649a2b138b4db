/** Clients are not read while the mesh is congested. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ErrorCode } from '../../../../targets/protocol/frames.ts';
import type { TestClient } from '../test-client.ts';
import { type LoneGateway, loneGateway } from './lone-gateway.ts';

let server: LoneGateway;
let anna: TestClient;
const sockets: Socket[] = [];

beforeEach(async () => {
  // A pause is longer than a client may be silent, or take to sign in.
  server = await loneGateway({}, { idleMs: 1_900, handshakeMs: 1_900 });
  anna = await server.client('anna');
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.stop();
});

/** Another socket that sends part of a request; resolves when the gateway has it. */
async function halfRequest(): Promise<{ answer(): string }> {
  const before = server.gateway.connections;
  const socket = connect(server.endpoint.port, server.endpoint.host);
  sockets.push(socket);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => undefined);
  socket.write('POST / HTTP/1.1\r\n\r\n');
  await expect.poll(() => server.gateway.connections).toBe(before + 1);
  return { answer: () => answer };
}

test('nobody is read until the pause is over, neither signed-in clients nor new ones', async () => {
  server.gateway.pauseReading(true);
  anna.send(1, 'anna', 'later');
  const other = await halfRequest();
  const { framesIn } = server.counters;
  await halfRequest();
  expect(server.counters.framesIn).toBe(framesIn);
  expect([anna.acks, other.answer()]).toEqual([[], '']);
  server.gateway.pauseReading(false);
  await anna.until(() => anna.acks.length === 1, 'its ACK');
  await expect.poll(other.answer).toMatch(/^HTTP\/1.1 405/);
});

test('each pause counts once, however often it is asked for', () => {
  server.gateway.pauseReading(true);
  server.gateway.pauseReading(true);
  server.gateway.pauseReading(false);
  server.gateway.pauseReading(false);
  server.gateway.pauseReading(true);
  expect(server.counters.bounds['mesh-congestion']).toBe(2);
});

test('it ends by itself, and its silence counts against nobody', async () => {
  server.gateway.pauseReading(true);
  anna.send(1, 'anna', 'later');
  const other = await halfRequest();
  await anna.until(() => anna.acks.length === 1, 'its ACK');
  await expect.poll(other.answer).toMatch(/^HTTP\/1.1 405/);
  expect([server.counters.closes[ErrorCode.idle], server.counters.closes[ErrorCode.handshakeTimeout]]).toEqual([0, 0]);
});

test('a node that drains stops reading for good, and says goodbye all the same', async () => {
  server.gateway.pauseReading(true);
  server.gateway.stopAccepting();
  server.gateway.pauseReading(false);
  const { framesIn } = server.counters;
  anna.send(1, 'anna', 'too late');
  const { nowMs } = server.gateway;
  await expect.poll(() => server.gateway.nowMs).toBeGreaterThan(nowMs);
  expect(server.counters.framesIn).toBe(framesIn);
  server.gateway.dismiss();
  expect(await anna.closed()).toBe(4_000 + ErrorCode.draining);
  expect(anna.acks).toEqual([]);
});

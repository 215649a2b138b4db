import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode } from '../../../targets/protocol/frames.ts';
import { type LocalNode, localNode } from './local-node.ts';

let server: LocalNode;
beforeAll(async () => {
  server = await localNode();
});
afterAll(() => server.stop());

test.each([null, '', 'wrong'])('the token %j gets no answer', async (token) => {
  expect((await server.ask('GET', '/health', undefined, token)).status).toBe(401);
});

test('a node that serves is healthy and ready', async () => {
  expect((await server.ask('GET', '/health')).status).toBe(200);
  expect((await server.ask('GET', '/ready')).status).toBe(200);
});

test('metrics are Prometheus text, with every bound and every reason to close', async () => {
  const anna = await server.client('anna');
  anna.send(1, 'anna', 'x');
  await anna.until(() => anna.acks.length === 1, 'the ACK');
  const { text } = await server.ask('GET', '/metrics');
  expect(text).toMatch(/^letitcrash_acks_total 1$/m);
  expect(text).toMatch(/^letitcrash_bound_hits_total\{bound="mailbox"\} 0$/m);
  expect(text).toMatch(/^letitcrash_connections_closed_total\{reason="slowConsumer"\} 0$/m);
  expect(text).toMatch(/^letitcrash_connections 1$/m);
  await anna.bye();
});

test('a node of a cluster reports on its mesh, and also whom it turned away', async () => {
  const member = await localNode({}, 'fsync', randomBytes(32).toString('base64url'));
  try {
    const stranger = connect(member.node.mesh?.port as number, '127.0.0.1', () => stranger.end('no greeting of ours'.repeat(20)));
    await once(stranger.resume(), 'close');
    const { text } = await member.ask('GET', '/metrics');
    expect(text).toMatch(/^letitcrash_mesh_peers 0$/m);
    expect(text).toMatch(/^letitcrash_mesh_handshakes_refused_total\{reason="garbage"\} 1$/m);
    expect(text).toMatch(/^letitcrash_mesh_connections_closed_total\{reason="overflow"\} 0$/m);
  } finally {
    await member.stop();
  }
  expect((await server.ask('GET', '/metrics')).text).not.toContain('letitcrash_mesh');
});

test('processes are counted, shown and killed', async () => {
  const anna = await server.client('anna');
  const counts = JSON.parse((await server.ask('GET', '/processes')).text) as { users: number; processes: number };
  expect(counts.users).toBe(1);
  const shown = JSON.parse((await server.ask('GET', '/processes?user=anna')).text) as { alive: boolean; pid: string };
  expect(shown).toMatchObject({ alive: true, connections: 1 });
  expect(shown.pid).toMatch(/^<n1\.\d+\.\d+>$/);
  const killed = JSON.parse((await server.ask('POST', '/processes/kill', { user: 'anna' })).text) as unknown;
  expect(killed).toEqual({ user: 'anna', killed: true, pid: shown.pid });
  expect(await anna.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  expect((await server.ask('GET', '/processes?user=nobody')).status).toBe(404);
});

test('bad requests are answered as bad requests', async () => {
  expect((await server.ask('POST', '/processes/kill', 'not json')).status).toBe(400);
  expect((await server.ask('POST', '/processes/kill', { name: 'anna' })).status).toBe(400);
  expect((await server.ask('POST', '/processes/kill', 'x'.repeat(10_000))).status).toBe(413);
  expect((await server.ask('GET', '/nothing')).status).toBe(404);
});

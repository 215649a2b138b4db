/** A bound that a client has reached stays reached when it connects again. */
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType } from '../../../targets/protocol/frames.ts';
import { bearerOf } from '../../../targets/protocol/token.ts';
import { KeyedBuckets } from '../../../targets/reference/messaging/keyed-buckets.ts';
import { type LocalNode, localNode } from './local-node.ts';
import type { TestClient } from './test-client.ts';

let server: LocalNode | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

test('whoever takes, and however often, gets no more than the burst and what was added since', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b'), waitMs: fc.nat({ max: 3_000 }), times: fc.nat({ max: 8 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const [perSecond, burst] = [2, 5];
      const buckets = new KeyedBuckets(perSecond, burst);
      const granted = new Map<string, { atMs: number; count: number }[]>();
      let nowMs = 1_000;
      for (const { key, waitMs, times } of steps) {
        nowMs += waitMs;
        let count = 0;
        for (let i = 0; i < times; i++) if (buckets.take(key, nowMs)) count++;
        const before = [...(granted.get(key) ?? []), { atMs: nowMs, count }];
        granted.set(key, before);
        for (const [index, { atMs }] of before.entries()) {
          const since = before.slice(index).reduce((sum, one) => sum + one.count, 0);
          expect(since).toBeLessThanOrEqual(burst + ((nowMs - atMs) * perSecond) / 1_000 + 1e-9);
        }
      }
      // Those that are whole again are forgotten.
      nowMs += (burst / perSecond) * 1_000 + 1_000;
      buckets.take('c', nowMs);
      expect(buckets.size).toBe(1);
    }),
  );
});

test.each(['bye', 'abort'] as const)('the rate of sends: after %s a user has no more of it than before', async (leave) => {
  server = await localNode({ sendsPerSecond: 1, sendBurst: 5, lingerMs: 0 });
  const { directory } = server.node;
  const first = await server.client('anna');
  for (let id = 1; id <= 5; id++) first.send(id, 'ben', 'x');
  await first.until(() => first.acks.length === 5, 'the ACKs');
  await first[leave]();
  await expect.poll(() => directory.find('anna')?.connections.length ?? 0).toBe(0);
  const second = await server.client('anna');
  for (let id = 6; id <= 10; id++) second.send(id, 'ben', 'x');
  await second.until(() => second.acks.length + second.of(FrameType.nack).length === 5, 'every answer');
  expect(second.of(FrameType.nack).length).toBeGreaterThanOrEqual(3);
  expect(new Set(second.of(FrameType.nack).map(({ code }) => code))).toEqual(new Set([ErrorCode.rateLimited]));
});

test('the rate of frames: what a device spent on one connection is spent on its next, and another device has its own', async () => {
  server = await localNode({ framesPerSecond: 1, frameBurst: 50 });
  const ping = async (client: TestClient): Promise<void> => {
    client.write((writer) => {
      for (let nonce = 1; nonce <= 40; nonce++) writer.ping(nonce);
    });
    await client.until(() => client.of(FrameType.pong).length === 40, 'every PONG');
  };
  const first = await server.client('anna');
  await ping(first);
  await first.bye();
  const second = await server.client('anna');
  await expect(ping(second)).rejects.toThrow(`${CLOSE_CODE_BASE + ErrorCode.rateLimited}`);
  await ping(await server.client('anna', { device: 'd1' }));
  await ping(await server.client('ben'));
});

test.each(['gone', 'still open'] as const)(
  'the rate of frames: what an earlier connection that is %s has spent stays spent',
  async (state) => {
    const [perSecond, burst] = [20, 50];
    server = await localNode({ framesPerSecond: perSecond, frameBurst: burst, idleMs: 400 });
    const { directory } = server.node;
    const budget = (): number =>
      (directory.find('anna')?.connections[0] as unknown as { budget: number } | undefined)?.budget ?? 0;
    const ping = async (client: TestClient, times: number): Promise<void> => {
      const before = client.of(FrameType.pong).length;
      client.write((writer) => {
        for (let nonce = 1; nonce <= times; nonce++) writer.ping(nonce);
      });
      await client.until(() => client.of(FrameType.pong).length === before + times, 'every PONG');
    };
    const beganMs = performance.now();
    const first = await server.client('anna');
    await ping(first, 45);
    if (state === 'gone') await first.bye();
    const second = await server.client('anna');
    // It gets what comes, and spends that too.
    let spent = 45;
    for (let i = 0; i < 10; i++) {
      await expect.poll(budget).toBeGreaterThanOrEqual(2);
      await ping(second, 1);
      spent++;
    }
    if (state === 'gone') await second.bye();
    const third = await server.client('anna');
    await ping(third, 40).catch(() => undefined);
    spent += third.of(FrameType.pong).length;
    expect(spent).toBeLessThanOrEqual(burst + ((performance.now() - beganMs) * perSecond) / 1_000);
  },
);

test('sign-ins of one user have a rate of their own, which affects nobody else', async () => {
  server = await localNode({ signInsPerSecond: 1, signInBurst: 3 });
  for (let i = 0; i < 3; i++) await (await server.client('anna')).bye();
  await expect(server.client('anna')).rejects.toThrow(`${CLOSE_CODE_BASE + ErrorCode.rateLimited}`);
  expect(server.node.counters.bounds['sign-in-rate']).toBe(1);
  await server.client('ben');
});

test('requests of one user have a rate, on however many connections they arrive', async () => {
  server = await localNode({ httpRequestsPerSecond: 1, httpRequestBurst: 3 });
  const { node } = server;
  const status = async (bearer: string): Promise<number> => {
    const headers = { authorization: `Bearer ${bearer}`, connection: 'close' };
    return (await fetch(`http://127.0.0.1:${node.httpPort}/v1/account`, { headers })).status;
  };
  const anna = bearerOf(server.credential('anna'));
  for (let i = 0; i < 3; i++) expect(await status(anna)).toBe(200);
  expect(await status(anna)).toBe(429);
  expect(await status(bearerOf(server.credential('ben')))).toBe(200);
});

/** Bytes in memory have a bound, of one user's process and of the node, and an answer when it is reached; what is freed can be used again. */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { ErrorCode, FrameType, type FrameWriter } from '../../../targets/protocol/frames.ts';
import { HeldBytes, type Holder } from '../../../targets/reference/messaging/held-bytes.ts';
import { unguarded } from '../../../targets/reference/platform/platform.ts';
import { type LocalNode, localNode } from './local-node.ts';
import type { TestClient } from './test-client.ts';

const LARGE = 60_000;
const payload = Buffer.alloc(LARGE, 'x');

let server: LocalNode | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

function send(client: TestClient, ids: readonly number[], to: (id: number) => string): void {
  for (const id of ids) client.write((writer: FrameWriter) => writer.send(id, false, to(id), payload));
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const answers = (client: TestClient): number => client.acks.length + client.of(FrameType.nack).length;
const nacked = (client: TestClient): Set<number> => new Set(client.of(FrameType.nack).map(({ code }) => code));

/** The most that was held at any time until `done`. */
async function peak(node: LocalNode, done: () => boolean): Promise<number> {
  let most = 0;
  await expect
    .poll(
      () => {
        most = Math.max(most, node.node.directory.held.total);
        return done();
      },
      { timeout: 20_000, interval: 1 },
    )
    .toBe(true);
  return most;
}

test('what one process holds and what all hold always agree, in whatever order bytes come and go', () => {
  const step = fc.record({ who: fc.nat({ max: 3 }), bytes: fc.integer({ min: -100, max: 100 }), ends: fc.nat({ max: 9 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const held = new HeldBytes(unguarded);
      const holders: Holder[] = Array.from({ length: 4 }, () => ({ heldBytes: 0, gone: false }));
      for (const { who, bytes, ends } of steps) {
        const holder = holders[who] as Holder;
        if (ends === 0) held.forget(holder);
        else held.hold(holder, bytes);
        for (const { heldBytes, gone } of holders) {
          expect(heldBytes).toBeGreaterThanOrEqual(0);
          if (gone) expect(heldBytes).toBe(0);
        }
        expect(held.total).toBe(holders.reduce((sum, { heldBytes }) => sum + heldBytes, 0));
      }
    }),
  );
});

describe('while the disk is slow', () => {
  test('one user cannot have more under way than its process may hold: NACK overloaded, and it continues afterwards', async () => {
    server = await localNode({ maxProcessBytes: 10 * LARGE, maxRefusals: 200 }, 'commit');
    const anna = await server.client('anna');
    server.node.disk.delayMs = 300;
    send(anna, numbers(30), (id) => `absent${id % 15}`);
    const most = await peak(server, () => answers(anna) === 30);
    expect(anna.acks.length).toBe(10);
    expect([...nacked(anna)]).toEqual([ErrorCode.overloaded]);
    expect(server.node.counters.bounds['process-bytes']).toBe(20);
    // What is under way is held by the sender's process and by the receivers'.
    expect(most).toBeLessThanOrEqual(2 * 10 * LARGE + 30 * LARGE);
    server.node.disk.delayMs = 0;
    await expect.poll(() => server?.node.directory.held.total).toBe(0);
    send(anna, [31], () => 'absent1');
    await anna.until(() => anna.acks.includes(31), 'the ACK');
  });

  test('all users together cannot have more under way than the node may hold', async () => {
    server = await localNode({ maxNodeBytes: 20 * LARGE, maxRefusals: 200 }, 'commit');
    const clients = await Promise.all(['a', 'b', 'c', 'd'].map((user) => (server as LocalNode).client(user)));
    server.node.disk.delayMs = 300;
    for (const client of clients) send(client, numbers(15), (id) => `absent${id}`);
    const done = (): boolean => clients.every((client) => answers(client) === 15);
    await peak(server, done);
    const accepted = clients.reduce((sum, { acks }) => sum + acks.length, 0);
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThanOrEqual(20);
    for (const client of clients) for (const code of nacked(client)) expect(code).toBe(ErrorCode.overloaded);
    expect(server.node.counters.bounds['node-bytes']).toBe(60 - accepted);
    server.node.disk.delayMs = 0;
    await expect.poll(() => server?.node.directory.held.total).toBe(0);
  });

  test('what a process held when it was killed is released', async () => {
    server = await localNode({ maxProcessBytes: 10 * LARGE }, 'commit');
    const anna = await server.client('anna');
    server.node.disk.delayMs = 200;
    send(anna, numbers(8), () => 'absent');
    const { directory, runtime } = server.node;
    await expect.poll(() => directory.find('absent')?.heldBytes ?? 0).toBeGreaterThan(0);
    for (const { pid } of [...directory.residents()]) runtime.exit(pid, 'kill');
    server.node.disk.delayMs = 0;
    await expect.poll(() => directory.held.total).toBe(0);
  });
});

test('while memory is short a device gets one message at a time, and gets all of them', async () => {
  server = await localNode({ maxNodeBytes: 12 * LARGE }, 'commit');
  const anna = await server.client('anna');
  for (const id of numbers(12)) {
    send(anna, [id], () => 'ben');
    await anna.until(() => anna.acks.length === id, 'the ACK');
  }
  // Somebody else's consumer does not read, and what waits for it takes more than half of what the node may hold.
  server.node.directory.held.unsent += 7 * LARGE;
  const ben = await server.client('ben');
  for (const count of numbers(12)) {
    await ben.until(() => ben.texts.length >= count, 'a message');
    // Whatever else was written with it is before the PONG.
    ben.write((writer) => writer.ping(count));
    await ben.until(() => ben.of(FrameType.pong).length === count, 'PONG');
    expect(ben.texts.length).toBe(count);
    ben.write((writer) => writer.delivered(ben.lastSeq));
  }
  server.node.directory.held.unsent -= 7 * LARGE;
  await expect.poll(() => server?.node.directory.held.total).toBe(0);
});

test('a connection is not read while its process has too much to handle, and everything is answered', async () => {
  server = await localNode({ maxUnreadBytes: LARGE, maxMessageBytes: 2_000_000 }, 'memory');
  const anna = await server.client('anna');
  anna.write((writer) => {
    for (const id of numbers(20)) writer.send(id, false, 'absent', payload);
  });
  send(anna, [21], () => 'absent');
  await anna.until(() => anna.acks.length === 21, 'the ACKs');
  expect(server.node.counters.bounds['unread-bytes']).toBeGreaterThan(0);
  await expect.poll(() => server?.node.directory.held.total).toBe(0);
});

test('bytes that a socket has not taken count, until its connection is gone', async () => {
  server = await localNode({ windowBytes: 8_000_000, maxSocketBytes: 16_000_000, maxResidentBytes: 8_000_000 }, 'memory');
  const ben = await server.client('ben');
  ben.socket.pause();
  const anna = await server.client('anna');
  const { held } = server.node.directory;
  for (const id of numbers(250)) {
    send(anna, [id], () => 'ben');
    await anna.until(() => anna.acks.length === id, 'the ACK');
    if (held.unsent > 0) break;
  }
  expect(held.unsent).toBeGreaterThan(0);
  ben.abort();
  await expect.poll(() => held.total).toBe(0);
});

/**
 * A mailbox as large as the limits allow: its owner gets in and gets everything, in memory that does not depend on the mailbox, and
 * nobody else waits for it.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { ErrorCode, FrameType } from '../../../targets/protocol/frames.ts';
import { encodedBytes } from '../../../targets/reference/messaging/entry.ts';
import { type LocalNode, localNode } from './local-node.ts';
import type { TestClient } from './test-client.ts';

const LARGE = 60_000;

let server: LocalNode;
afterEach(() => server.stop());

/** Sends `count` messages of `bytes` bytes from as many senders as given, in portions, and resolves with what was answered. */
async function fill(
  sender: TestClient,
  to: string,
  { count, bytes, firstId = 1 }: { count: number; bytes: number; firstId?: number },
) {
  const payload = Buffer.alloc(bytes, 'x');
  const answered = (): number => sender.acks.length + sender.of(FrameType.nack).length;
  const before = answered();
  for (let sent = 0; sent < count; ) {
    for (let i = 0; i < 50 && sent < count; i++, sent++) {
      payload.writeUInt32BE(firstId + sent);
      const id = firstId + sent;
      sender.write((writer) => writer.send(id, false, to, payload));
    }
    await sender.until(() => answered() === before + sent, 'every answer');
  }
}

/** Acknowledges what comes until `count` messages are there. */
async function drain(owner: TestClient, count: number): Promise<void> {
  let seen = 0;
  while (seen < count) {
    await owner.until(() => owner.of(FrameType.deliver).length > seen, 'more messages');
    seen = owner.of(FrameType.deliver).length;
    owner.write((writer) => writer.delivered(owner.lastSeq));
  }
}

describe('3,000 messages of 60,000 bytes', () => {
  test('do not lock their owner out, who signs in and gets all of them in order', async () => {
    server = await localNode({}, 'commit');
    const sender = await server.client('sender');
    await fill(sender, 'owner', { count: 3_000, bytes: LARGE });
    expect(sender.acks.length).toBe(3_000);
    // The process that took them in is not the one that reads them back.
    const pid = server.node.directory.find('owner')?.pid;
    if (pid !== undefined) server.node.runtime.exit(pid, 'kill');
    const owner = await server.client('owner');
    await drain(owner, 3_000);
    expect(owner.of(FrameType.deliver).map(({ id }) => id)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
    expect(server.node.runtime.counters.runaways).toBe(0);
    await expect.poll(() => server.node.store.usedBytes()).toBeLessThan(1_000_000);
  });
});

describe('with small limits', () => {
  test('a mailbox is also full by its bytes: NACK mailbox-full, and what was acknowledged before is there', async () => {
    const most = 10 * encodedBytes({ sender: 'sender/d0', from: 'sender', payload: { length: LARGE } }, 0);
    server = await localNode({ maxMailboxBytes: most }, 'commit');
    const sender = await server.client('sender');
    await fill(sender, 'owner', { count: 12, bytes: LARGE });
    expect(sender.acks).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
    expect(sender.of(FrameType.nack).map(({ id, code }) => [id, code])).toEqual(
      [11, 12].map((id) => [id, ErrorCode.mailboxFull]),
    );
    expect(server.node.counters.bounds['mailbox-bytes']).toBe(2);
    const owner = await server.client('owner');
    await drain(owner, 10);
    await expect
      .poll(async () => {
        await fill(sender, 'owner', { count: 1, bytes: LARGE, firstId: 100 + sender.of(FrameType.nack).length });
        return sender.acks.length;
      })
      .toBe(11);
  });

  test.each(['commit', 'memory'] as const)(
    'the store is full by the bytes of all mailboxes together: NACK overloaded, with durability %s',
    async (durability) => {
      server = await localNode({ maxStoreBytes: 20 * LARGE }, durability);
      const sender = await server.client('sender');
      for (const [index, to] of ['one', 'two', 'three', 'four'].entries())
        await fill(sender, to, { count: 10, bytes: LARGE, firstId: 1 + index * 10 });
      expect(sender.acks.length).toBeGreaterThan(15);
      expect(sender.acks.length).toBeLessThanOrEqual(20);
      const codes = new Set(sender.of(FrameType.nack).map(({ code }) => code));
      expect([...codes]).toEqual([ErrorCode.overloaded]);
      expect(server.node.counters.bounds['store-bytes']).toBe(sender.of(FrameType.nack).length);
      // What is taken makes room.
      const one = await server.client('one');
      await drain(one, 10);
      await expect
        .poll(async () => {
          const before = sender.acks.length;
          await fill(sender, 'five', { count: 1, bytes: LARGE, firstId: 100 + sender.of(FrameType.nack).length });
          return sender.acks.length - before;
        })
        .toBe(1);
    },
  );
});

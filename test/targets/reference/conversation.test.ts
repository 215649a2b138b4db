/** What users can count on while nothing crashes: receipts, presence, resume, the offline queue, the window, the bounds. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType, ReceiptKind } from '../../../targets/protocol/frames.ts';
import { type LocalNode, localNode } from './local-node.ts';

let server: LocalNode;
afterEach(() => server.stop());

describe('with the usual limits', () => {
  beforeEach(async () => {
    server = await localNode({}, 'fsync');
  });

  test('a repeated send is acknowledged again and delivered once, even if it was delivered long ago', async () => {
    const anna = await server.client('anna');
    const ben = await server.client('ben');
    anna.send(1, 'ben', 'one');
    await ben.until(() => ben.texts.length === 1, 'the message');
    ben.write((writer) => writer.delivered(ben.lastSeq));
    await ben.bye();
    await anna.until(() => anna.acks.length === 1, 'the ACK');
    anna.send(1, 'ben', 'one');
    anna.send(2, 'ben', 'two');
    await anna.until(() => anna.acks.length === 3, 'three ACKs');
    const again = await server.client('ben');
    await again.until(() => again.texts.length > 0, 'a message');
    expect(again.texts).toEqual(['two']);
    expect(server.node.counters.repeats).toBe(1);
  });

  test('a message to a user who has never signed in waits for the first sign-in', async () => {
    const anna = await server.client('anna');
    anna.send(1, 'newcomer', 'welcome');
    await anna.until(() => anna.acks.length === 1, 'the ACK');
    const newcomer = await server.client('newcomer');
    await newcomer.until(() => newcomer.texts.length === 1, 'the message');
    expect(newcomer.of(FrameType.deliver)[0]).toMatchObject({ from: 'anna', id: 1, again: false });
  });

  test('a user may write to itself', async () => {
    const anna = await server.client('anna');
    anna.send(1, 'anna', 'note');
    await anna.until(() => anna.texts.length === 1 && anna.acks.length === 1, 'the note and its ACK');
  });

  test('receipts come if asked for: delivered after DELIVERED, read after READ, and not before', async () => {
    const anna = await server.client('anna');
    const ben = await server.client('ben');
    anna.send(1, 'ben', 'quiet');
    anna.send(2, 'ben', 'tell me', true);
    await ben.until(() => ben.texts.length === 2, 'the messages');
    await anna.until(() => anna.acks.length === 2, 'the ACKs');
    expect(anna.of(FrameType.receipt)).toEqual([]);
    ben.write((writer) => writer.delivered(ben.lastSeq));
    await anna.until(() => anna.of(FrameType.receipt).length === 1, 'the delivered receipt');
    ben.write((writer) => writer.read(ben.lastSeq));
    await anna.until(() => anna.of(FrameType.receipt).length === 2, 'the read receipt');
    expect(anna.of(FrameType.receipt).map(({ kind, id, by }) => [kind, id, by])).toEqual([
      [ReceiptKind.delivered, 2, 'ben'],
      [ReceiptKind.read, 2, 'ben'],
    ]);
  });

  test('receipts for a sender who is away wait for its return', async () => {
    const anna = await server.client('anna');
    const ben = await server.client('ben');
    anna.send(1, 'ben', 'tell me', true);
    await anna.until(() => anna.acks.length === 1, 'the ACK');
    await anna.bye();
    await ben.until(() => ben.texts.length === 1, 'the message');
    ben.write((writer) => writer.delivered(ben.lastSeq));
    ben.write((writer) => writer.ping(1));
    await ben.until(() => ben.of(FrameType.pong).length === 1, 'PONG');
    const again = await server.client('anna');
    await again.until(() => again.of(FrameType.receipt).length === 1, 'the receipt');
  });

  test('presence is reported at once and on every change, with the time the user was last seen', async () => {
    const anna = await server.client('anna');
    anna.write((writer) => writer.watch('ben'));
    await anna.until(() => anna.of(FrameType.presence).length === 1, 'presence');
    const ben = await server.client('ben');
    await anna.until(() => anna.of(FrameType.presence).length === 2, 'ben online');
    const left = Date.now();
    await ben.bye();
    await anna.until(() => anna.of(FrameType.presence).length === 3, 'ben offline');
    const [never, online, offline] = anna.of(FrameType.presence);
    expect(never).toMatchObject({ user: 'ben', online: false, lastSeenMs: 0 });
    expect(online).toMatchObject({ user: 'ben', online: true, lastSeenMs: 0 });
    expect(offline).toMatchObject({ user: 'ben', online: false });
    expect(offline?.lastSeenMs).toBeGreaterThanOrEqual(left);
    const carol = await server.client('carol');
    carol.write((writer) => writer.watch('ben'));
    await carol.until(() => carol.of(FrameType.presence).length === 1, 'presence');
    expect(carol.of(FrameType.presence)[0]?.lastSeenMs).toBe(offline?.lastSeenMs);
  });

  test('the same device connecting again replaces the old connection', async () => {
    const first = await server.client('anna');
    const second = await server.client('anna');
    expect(await first.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.replaced);
    second.send(1, 'anna', 'mine');
    await second.until(() => second.texts.length === 1, 'the message');
  });

  test('every device gets every message, and a fifth device is refused', async () => {
    const devices = await Promise.all(['d0', 'd1', 'd2', 'd3'].map((device) => server.client('anna', { device })));
    const ben = await server.client('ben');
    ben.send(1, 'anna', 'to all');
    for (const device of devices) await device.until(() => device.texts.length === 1, 'the message');
    await expect(server.client('anna', { device: 'd4' })).rejects.toThrow(`${CLOSE_CODE_BASE + ErrorCode.overloaded}`);
    expect(server.node.counters.bounds.devices).toBe(1);
  });
});

describe('with small limits', () => {
  beforeEach(async () => {
    server = await localNode(
      {
        window: 4,
        maxMailbox: 20,
        maxResident: 6,
        redeliverMs: 100,
        maxRedeliveries: 2,
        idleMs: 400,
        maxConnections: 5,
        lingerMs: 50,
      },
      'commit',
    );
  });

  test('no more than a window is under way, and an acknowledgement makes room', async () => {
    const anna = await server.client('anna');
    const ben = await server.client('ben');
    for (let id = 1; id <= 20; id++) anna.send(id, 'ben', `m${id}`);
    await anna.until(() => anna.acks.length === 20, 'the ACKs');
    let seen = 0;
    while (seen < 20) {
      await ben.until(() => ben.texts.length > seen, 'more messages');
      expect(ben.of(FrameType.deliver).filter(({ again }) => !again).length).toBeLessThanOrEqual(seen + 4);
      seen = ben.of(FrameType.deliver).filter(({ again }) => !again).length;
      ben.write((writer) => writer.delivered(ben.lastSeq));
    }
    const order = ben.of(FrameType.deliver).filter(({ again }) => !again);
    expect(order.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(server.node.counters.bounds.window).toBeGreaterThan(0);
  });

  test('the offline queue is limited: NACK mailbox-full, and what was acknowledged before is there', async () => {
    const anna = await server.client('anna');
    for (let id = 1; id <= 25; id++) anna.send(id, 'away', `m${id}`);
    await anna.until(() => anna.acks.length + anna.of(FrameType.nack).length === 25, 'all answers');
    expect(anna.acks).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(anna.of(FrameType.nack).map(({ id, code }) => [id, code])).toEqual(
      [21, 22, 23, 24, 25].map((id) => [id, ErrorCode.mailboxFull]),
    );
    expect(server.node.counters.bounds.mailbox).toBe(5);
    const away = await server.client('away');
    for (let seen = 0; seen < 20; seen = new Set(away.texts).size) {
      await away.until(() => new Set(away.texts).size > seen, 'more messages');
      away.write((writer) => writer.delivered(away.lastSeq));
    }
    expect([...new Set(away.texts)]).toEqual(Array.from({ length: 20 }, (_, i) => `m${i + 1}`));
  });

  test('a message that is not acknowledged comes again, marked, and then the consumer is disconnected', async () => {
    const anna = await server.client('anna');
    const ben = await server.client('ben');
    anna.send(1, 'ben', 'hello?');
    expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.slowConsumer);
    expect(ben.of(FrameType.deliver).map(({ again }) => again)).toEqual([false, true, true]);
    expect(server.node.counters.bounds.redeliveries).toBe(1);
  });

  test('a client that is silent, and does not answer pings, is closed as idle', async () => {
    const anna = await server.client('anna');
    (anna.socket as unknown as { _autoPong: boolean })._autoPong = false;
    expect(await anna.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.idle);
    expect(server.node.counters.bounds['idle-time']).toBe(1);
  });

  test('connections beyond the limit are refused, and counted', async () => {
    for (let i = 0; i < 5; i++) await server.client(`u${i}`);
    await expect(server.client('late')).rejects.toThrow('no CHALLENGE');
    expect(server.node.counters.bounds.connections).toBeGreaterThan(0);
  }, 20_000);

  test('a user’s process goes to sleep when nobody needs it, and wakes with its whole state', async () => {
    const anna = await server.client('anna');
    anna.send(1, 'ben', 'zzz');
    await anna.until(() => anna.acks.length === 1, 'the ACK');
    await anna.bye();
    await expect.poll(() => server.node.directory.size).toBe(0);
    const ben = await server.client('ben');
    await ben.until(() => ben.texts.length === 1, 'the message');
  });
});

test('a consumer that does not read its socket is disconnected, and its messages wait', async () => {
  server = await localNode(
    { maxSocketBytes: 400_000, windowBytes: 200_000, redeliverMs: 20, maxRedeliveries: 1_000, maxOutstandingSends: 100 },
    'memory',
  );
  const anna = await server.client('anna');
  const ben = await server.client('ben');
  ben.socket.pause();
  const text = 'x'.repeat(10_000);
  for (let id = 1; id <= 40; id++) anna.send(id, 'ben', `${id}:${text}`);
  await anna.until(() => anna.acks.length === 40, 'the ACKs');
  await expect.poll(() => server.node.counters.bounds['socket-bytes']).toBe(1);
  expect(server.node.counters.closes[ErrorCode.slowConsumer]).toBe(1);
  ben.abort();
  const again = await server.client('ben');
  const complete = (): boolean => {
    if (again.lastSeq > 0) again.write((writer) => writer.delivered(again.lastSeq));
    return new Set(again.texts).size === 40;
  };
  await again.until(complete, 'every message');
});

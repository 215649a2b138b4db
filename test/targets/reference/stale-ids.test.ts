/** A new message under an id that was used: it is refused, never acknowledged and then not delivered; and a repeat stays a repeat. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType } from '../../../targets/protocol/frames.ts';
import { bearerOf } from '../../../targets/protocol/token.ts';
import { type LocalNode, localNode } from './local-node.ts';
import { TestClient } from './test-client.ts';

const STALE = ErrorCode.staleId;

let server: LocalNode;
beforeEach(async () => {
  server = await localNode({ lingerMs: 100 }, 'fsync');
});
afterEach(() => server.stop());

const answered = (client: TestClient, count: number): Promise<void> =>
  client.until(() => client.acks.length + client.nacks.length === count, `${count} answers`);
const highestIdOf = (client: TestClient): number | undefined => client.of(FrameType.welcome)[0]?.terms?.highestId;

/** Anna has sent ids 1 to 5 to ben, who has them all. */
async function fiveMessages(): Promise<{ readonly ben: TestClient }> {
  const ben = await server.client('ben');
  const anna = await server.client('anna', { usedId: 0 });
  for (let id = 1; id <= 5; id++) anna.send(id, 'ben', `m${id}`);
  await answered(anna, 5);
  await ben.until(() => ben.texts.length === 5, 'five messages');
  ben.write((writer) => writer.delivered(ben.lastSeq));
  anna.abort();
  return { ben };
}

/** The next message of somebody else has come: what was sent to ben before it would be there. */
async function settled(ben: TestClient): Promise<readonly string[]> {
  const carol = await server.client(`carol${ben.texts.length}`);
  const before = ben.texts.length;
  carol.send(1, 'ben', 'from carol');
  await ben.until(() => ben.texts.length > before, 'the message of carol');
  return ben.texts;
}

const asleep = (): Promise<unknown> => expect.poll(() => server.node.directory.find('anna') === undefined).toBe(true);

describe('a client that lost count and says so', () => {
  test.each(['at once', 'after its process slept'])(
    'is told the highest id it used, and continues above it (%s)',
    async (when) => {
      const { ben } = await fiveMessages();
      if (when !== 'at once') await asleep();
      const anna = await server.client('anna', { usedId: 0 });
      expect(highestIdOf(anna)).toBe(5);
      anna.send(6, 'ben', 'again with you');
      await answered(anna, 1);
      expect(anna.acks).toEqual([6]);
      expect(await settled(ben)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'again with you', 'from carol']);
    },
  );

  test('is told no lower id after its process crashed', async () => {
    await fiveMessages();
    const resident = server.node.directory.find('anna');
    server.node.runtime.exit((resident as NonNullable<typeof resident>).pid, 'kill');
    const anna = await server.client('anna', { usedId: 0 });
    expect(highestIdOf(anna)).toBeGreaterThanOrEqual(5);
    expect(highestIdOf(anna)).toBeLessThanOrEqual(5 + 1_024);
  });

  test.each(['at once', 'after its process slept'])(
    'is told no lower id if its device was removed meanwhile (%s)',
    async (when) => {
      const { ben } = await fiveMessages();
      const { httpPort } = server.node;
      const removed = await fetch(`http://127.0.0.1:${httpPort}/v1/devices/d0`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${bearerOf(server.credential('anna'))}` },
      });
      expect(removed.status).toBe(200);
      if (when !== 'at once') await asleep();
      const anna = await server.client('anna', { usedId: 0 });
      expect(highestIdOf(anna)).toBe(5);
      anna.send(6, 'ben', 'again with you');
      await answered(anna, 1);
      expect(anna.acks).toEqual([6]);
      expect(await settled(ben)).toContain('again with you');
    },
  );

  test.each(['at once', 'after its process slept'])(
    'and begins at 1 all the same is refused until its ids are above, even with the same text as before (%s)',
    async (when) => {
      const { ben } = await fiveMessages();
      if (when !== 'at once') await asleep();
      const anna = await server.client('anna', { usedId: 0 });
      for (let id = 1; id <= 7; id++) anna.send(id, 'ben', id === 1 ? 'm1' : `new ${id}`);
      await answered(anna, 7);
      expect(anna.nacks).toEqual([1, 2, 3, 4, 5].map((id) => [id, STALE]));
      for (const { reason } of anna.of(FrameType.nack)) expect(reason).toMatch(/^\d+$/);
      expect(anna.acks).toEqual([6, 7]);
      expect((await settled(ben)).slice(5)).toEqual(['new 6', 'new 7', 'from carol']);
    },
  );

  test('is refused again if it did not hear the refusal and repeats', async () => {
    const { ben } = await fiveMessages();
    const anna = await server.client('anna', { usedId: 0 });
    anna.send(3, 'ben', 'new');
    await answered(anna, 1);
    anna.abort();
    const again = await server.client('anna', { usedId: 3 });
    again.send(3, 'ben', 'new');
    await answered(again, 1);
    expect(again.nacks).toEqual([[3, STALE]]);
    expect(await settled(ben)).not.toContain('new');
  });

  test('can send to a receiver that had none of its ids, and learns from a refusal how far it had come', async () => {
    await fiveMessages();
    const dora = await server.client('dora');
    const anna = await server.client('anna', { usedId: 0 });
    anna.send(1, 'dora', 'hello dora');
    anna.send(2, 'ben', 'hello ben');
    await answered(anna, 2);
    expect(anna.acks).toEqual([1]);
    expect(anna.of(FrameType.nack)).toEqual([expect.objectContaining({ id: 2, code: STALE, reason: '5' })]);
    await dora.until(() => dora.texts.includes('hello dora'), 'the message');
  });
});

describe('a repeat', () => {
  test('is acknowledged and not delivered twice, on the same connection, on the next, and after sleep and crash', async () => {
    const { ben } = await fiveMessages();
    for (const [index, before] of ['nothing', 'sleep', 'crash'].entries()) {
      if (before === 'sleep') await asleep();
      const resident = server.node.directory.find('ben');
      if (before === 'crash' && resident !== undefined) {
        server.node.runtime.exit(resident.pid, 'kill');
        await ben.closed();
      }
      const anna = await server.client('anna', { usedId: 5 + index });
      for (let id = 1; id <= 5; id++) anna.send(id, 'ben', `m${id}`);
      anna.send(6 + index, 'ben', `then ${before}`);
      await answered(anna, 6);
      anna.send(6 + index, 'ben', `then ${before}`);
      anna.send(2, 'ben', 'm2');
      await answered(anna, 8);
      expect(anna.nacks, before).toEqual([]);
      anna.abort();
    }
    const again = await server.client('ben', { cursor: ben.lastSeq });
    await again.until(() => again.texts.includes('then crash'), 'what came last');
    const all = [...ben.texts, ...again.texts];
    expect(all.toSorted()).toEqual([...new Set(all)].toSorted());
    expect(new Set(all)).toEqual(new Set(['m1', 'm2', 'm3', 'm4', 'm5', 'then nothing', 'then sleep', 'then crash']));
  });

  test('of a message that never arrived is new', async () => {
    await server.client('ben');
    const anna = await server.client('anna', { usedId: 9 });
    anna.send(8, 'ben', 'was never on its way');
    anna.send(9, 'ben', 'nor this');
    await answered(anna, 2);
    expect(anna.acks).toEqual([8, 9]);
  });
});

describe.each([
  ['version 1', undefined],
  ['version 2', 0],
])('on one connection, %s', (_version, usedId) => {
  const open = () => server.client('anna', usedId === undefined ? {} : { usedId });

  test('an id below one that was sent is refused, unless it was sent as well', async () => {
    const ben = await server.client('ben');
    const anna = await open();
    for (const [index, [id, text]] of (
      [
        [10, 'ten'],
        [4, 'four'],
        [10, 'ten'],
        [12, 'twelve'],
        [11, 'eleven'],
        [4, 'four'],
      ] as const
    ).entries()) {
      anna.send(id, 'ben', text);
      await answered(anna, index + 1);
    }
    expect(anna.acks).toEqual([10, 10, 12]);
    expect(anna.nacks).toEqual([
      [4, STALE],
      [11, STALE],
      [4, STALE],
    ]);
    expect(await settled(ben)).toEqual(['ten', 'twelve', 'from carol']);
  });

  test('an id below one that was sent is also refused by a receiver who has had none', async () => {
    const ben = await server.client('ben');
    const anna = await open();
    anna.send(10, 'carl', 'ten');
    await answered(anna, 1);
    anna.send(4, 'ben', 'four');
    await answered(anna, 2);
    expect(anna.nacks).toEqual([[4, STALE]]);
    expect(await settled(ben)).toEqual(['from carol']);
  });

  test('id 0 is malformed', async () => {
    const anna = await open();
    anna.send(0, 'ben', 'zero');
    expect(await anna.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.malformed);
  });
});

test('a client of version 1 is welcomed without terms, and its repeats are recognised', async () => {
  await fiveMessages();
  const anna = await server.client('anna');
  expect(anna.of(FrameType.welcome)[0]?.terms).toBeUndefined();
  for (let id = 3; id <= 6; id++) anna.send(id, 'ben', `m${id}`);
  await answered(anna, 4);
  expect(anna.acks).toEqual([3, 4, 5, 6]);
});

test('WELCOME states the limits that the node has', async () => {
  const anna = await server.client('anna', { usedId: 0 });
  const { maxMessageBytes, maxOutstandingSends: maxUnanswered, idleMs, maxFrameBytes, window } = server.node.gateway.limits;
  expect(anna.of(FrameType.welcome)[0]).toMatchObject({
    maxFrameBytes,
    window,
    terms: { highestId: 0, maxMessageBytes, maxUnanswered, idleMs },
  });
});

test('an answer to a message that the device sent before it lost count is not taken for an answer to a new one', async () => {
  const ben = await server.client('ben');
  const anna = await server.client('anna', { usedId: 0 });
  server.node.disk.delayMs = 300;
  anna.send(1, 'ben', 'old');
  anna.write((writer) => writer.ping(1));
  await anna.until(() => anna.of(FrameType.pong).length === 1, 'PONG');
  anna.abort();
  const again = await server.client('anna', { usedId: 0 });
  again.send(1, 'ben', 'new');
  await answered(again, 1);
  expect(again.nacks).toEqual([[1, STALE]]);
  server.node.disk.delayMs = 0;
  expect(await settled(ben)).toEqual(['old', 'from carol']);
  expect(again.acks).toEqual([]);
});

test('a message from an older connection that is heard only after the sign-in does not use up an id', async () => {
  const { ben } = await fiveMessages();
  const before = await server.client('anna', { usedId: 5 });
  const { pid, connections } = server.node.directory.find('anna') as NonNullable<ReturnType<typeof server.node.directory.find>>;
  const connection = connections[0] as (typeof connections)[0];
  const anna = await server.client('anna', { usedId: 0 });
  expect(await before.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.replaced);
  const send = { type: 'send', id: 6, receipts: false, to: 'ben', refuse: 0, standing: 'unknown', orphaned: false, asked: 0 };
  server.node.runtime.send(pid, { ...send, connection, payload: Buffer.from('of before') });
  expect(highestIdOf(anna)).toBe(5);
  anna.send(6, 'ben', 'of now');
  await answered(anna, 1);
  expect(anna.acks).toEqual([6]);
  expect((await settled(ben)).slice(5)).toEqual(['of now', 'from carol']);
});

describe('HELLO with a cursor above every seq', () => {
  const above = async (): Promise<number> => {
    const other = await server.client('other');
    other.send(1, 'other', 'to learn where seqs are');
    await other.until(() => other.lastSeq > 0, 'the message');
    return other.lastSeq + 3_600_000 * 2_048;
  };

  test('is refused if messages wait, and these are there when asked for without it', async () => {
    const cursor = await above();
    const carol = await server.client('carol');
    carol.send(1, 'ben', 'waits');
    await carol.until(() => carol.acks.length === 1, 'its ACK');
    const ben = new TestClient(server.endpoint);
    await ben.hello(server.credential('ben'), cursor);
    expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.badAck);
    expect(ben.of(FrameType.error)[0]?.reason).toContain(String(cursor));
    const again = await server.client('ben');
    await again.until(() => again.texts.length === 1, 'what waited');
  });

  test('is also refused for a device that is known', async () => {
    const cursor = await above();
    const first = await server.client('ben');
    await first.bye();
    const carol = await server.client('carol');
    carol.send(1, 'ben', 'waits');
    await carol.until(() => carol.acks.length === 1, 'its ACK');
    await expect(server.client('ben', { cursor })).rejects.toThrow(String(CLOSE_CODE_BASE + ErrorCode.badAck));
    const again = await server.client('ben');
    await again.until(() => again.texts.length === 1, 'what waited');
  });

  test('is also refused if nothing waits, when no message can ever have had it', async () => {
    await expect(server.client('ben', { cursor: Number.MAX_SAFE_INTEGER })).rejects.toThrow(
      String(CLOSE_CODE_BASE + ErrorCode.badAck),
    );
  });

  test('is accepted if nothing waits, and whatever comes then has a seq above it', async () => {
    const cursor = await above();
    const ben = await server.client('ben', { cursor });
    expect(ben.of(FrameType.welcome)[0]?.cursor).toBe(cursor);
    const carol = await server.client('carol');
    carol.send(1, 'ben', 'arrives');
    await ben.until(() => ben.texts.length === 1, 'the message');
    expect(ben.lastSeq).toBeGreaterThan(cursor);
  });
});

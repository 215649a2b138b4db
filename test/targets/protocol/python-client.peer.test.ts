/**
 * A client in another language, written from the protocol's page alone, against nodes that are started as that page says: what the page
 * does not tell, this client does not know.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType, FrameWriter, HEADER_BYTES } from '../../../targets/protocol/frames.ts';
import { DEFAULT_LIMITS } from '../../../targets/reference/messaging/limits.ts';
import {
  byHand,
  commandsOfThePage,
  type HandStarted,
  type Look,
  PYTHON_REMEDY,
  type PythonClients,
  pythonInstalled,
  startPython,
} from './python-client.ts';

const installed = pythonInstalled();
if (!installed && process.env.LETITCRASH_REQUIRE_PEERS === '1') throw new Error(PYTHON_REMEDY);
const title = 'a client in Python, from the page alone';
const HOST = '127.0.0.1';

interface Welcome {
  readonly epoch: number;
  readonly cursor: number;
  readonly node: string;
  readonly highestId: number;
  readonly refused?: { readonly code: number; readonly reason: string };
}

describe.skipIf(!installed)(installed ? title : `${title} (skipped: ${PYTHON_REMEDY})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-python-'));
  const env = { KEY: randomBytes(32).toString('base64url'), DATA: join(folder, 'one') };
  const [oneNode = '', twoNodes = ''] = commandsOfThePage();
  let node: HandStarted;
  let python: PythonClients;
  let users = 0;
  let anna = '';
  let ben = '';

  beforeAll(async () => {
    node = await byHand(oneNode, env, 1);
    python = startPython();
  });
  afterAll(async () => {
    python?.close();
    await node?.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    users++;
    anna = await person(`anna${users}`);
    ben = await person(`ben${users}`);
  });

  const nodes = () => node.ready.map(({ port }) => [HOST, port]);

  /** A client of this name, not connected; also the name of the user unless that is given. */
  async function person(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    await python.order({
      do: 'client',
      name,
      user: name,
      device: 'd0',
      key: env.KEY,
      file: join(folder, name),
      nodes: nodes(),
      ...more,
    });
    return name;
  }

  function connect(name: string, more: Readonly<Record<string, unknown>> = {}, port = node.ready[0]?.port): Promise<Welcome> {
    return python.order({ do: 'connect', name, host: HOST, port, ...more });
  }

  const send = (name: string, to: string, text: string, more: object = {}): Promise<{ readonly id: number }> =>
    python.order({ do: 'send', name, to, text, ...more });
  const received = async (name: string, count: number): Promise<string[]> =>
    (await python.order({ do: 'received', name, count })).received.map(([, text]) => text);
  const answered = (name: string): Promise<Look> => python.order({ do: 'answered', name });
  const framesOf = async <Frame>(name: string, type: number, count: number): Promise<readonly Frame[]> =>
    (await python.order<{ readonly frames: readonly Frame[] }>({ do: 'until', name, type, count })).frames;

  test('signs in, learns the limits, sends, receives in order, and gets answers', async () => {
    const welcome = await connect(anna);
    const { maxFrameBytes, maxMessageBytes, maxOutstandingSends, window, idleMs } = DEFAULT_LIMITS;
    const limits = { maxFrame: maxFrameBytes, maxMessage: maxMessageBytes, maxUnanswered: maxOutstandingSends, window, idleMs };
    expect(welcome).toMatchObject({ node: 'n1', highestId: 0, ...limits });
    await connect(ben);
    for (const text of ['one', '', 'drei ✓']) await send(anna, ben, text);
    expect((await answered(anna)).acks).toEqual([1, 2, 3]);
    expect(await received(ben, 3)).toEqual(['one', '', 'drei ✓']);
    await python.order({ do: 'ping', name: anna, nonce: 0xdeadbeef });
    expect(await framesOf(anna, FrameType.pong, 1)).toEqual([{ type: FrameType.pong, nonce: 0xdeadbeef }]);
    expect(await python.order({ do: 'bye', name: anna })).toEqual({ code: 1000 });
  });

  test('makes a bearer that the HTTP surface accepts', async () => {
    const { bearer } = await python.order<{ bearer: string }>({ do: 'bearer', key: env.KEY, user: anna, device: 'd0' });
    const answer = await fetch(`http://${HOST}:${node.ready[0]?.httpPort}/v1/account`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    expect(answer.status).toBe(200);
  });

  test('returns with its cursor, gets what it missed, and repeats what was not answered, which arrives once', async () => {
    await connect(anna);
    await connect(ben);
    await send(anna, ben, 'before');
    await answered(anna);
    expect(await received(ben, 1)).toEqual(['before']);
    await python.order({ do: 'cut', name: ben });
    await send(anna, ben, 'meanwhile');
    // Its answer is never read.
    await python.order({ do: 'cut', name: anna });
    const { epoch } = await connect(anna);
    await send(anna, ben, 'after');
    const look = await answered(anna);
    expect(look.acks).toEqual([2, 3]);
    const welcome = await connect(ben);
    expect(welcome.cursor).toBeGreaterThan(0);
    expect(welcome.epoch).toBeGreaterThan(epoch);
    expect(await received(ben, 3)).toEqual(['before', 'meanwhile', 'after']);
  });

  test('that lost its counter and its cursor continues above WELCOME’s highest id, and nothing is lost', async () => {
    await connect(anna);
    await connect(ben);
    for (const text of ['one', 'two', 'three']) await send(anna, ben, text);
    await answered(anna);
    await received(ben, 3);
    await python.order({ do: 'cut', name: anna });
    await python.order({ do: 'forget', name: anna });
    expect((await connect(anna)).highestId).toBe(3);
    expect(await send(anna, ben, 'one')).toEqual({ id: 4 });
    expect((await answered(anna)).nacks).toEqual([]);
    expect(await received(ben, 4)).toEqual(['one', 'two', 'three', 'one']);
  });

  test('that lost its counter and ignores WELCOME is refused, and can renumber by the refusal', async () => {
    const stubborn = await person(`stubborn${users}`, { recalls: false });
    await connect(stubborn);
    await connect(ben);
    for (const text of ['one', 'two', 'three']) await send(stubborn, ben, text);
    await answered(stubborn);
    await python.order({ do: 'cut', name: stubborn });
    await python.order({ do: 'forget', name: stubborn });
    await connect(stubborn);
    for (const text of ['a', 'b', 'c', 'd']) await send(stubborn, ben, text);
    const look = await answered(stubborn);
    expect(look.nacks).toEqual([1, 2, 3].map((id) => [id, ErrorCode.staleId]));
    expect(look.acks).toEqual([4]);
    expect(await received(ben, 4)).toEqual(['one', 'two', 'three', 'd']);
    const nacks = await framesOf<{ readonly reason: string }>(stubborn, FrameType.nack, 3);
    for (const { reason } of nacks) expect(Number(reason)).toBeGreaterThanOrEqual(3);
    // One that renumbers: a lower id on the same connection is refused, and sent again.
    await connect(anna);
    await send(anna, ben, 'high', { id: 100 });
    await send(anna, ben, 'low', { id: 50 });
    await python.order({ do: 'until', name: anna, type: FrameType.nack, count: 1 });
    const renumbered = await answered(anna);
    expect(renumbered.renumbered).toEqual({ 50: 101 });
    expect((await received(ben, 6)).slice(4)).toEqual(['high', 'low']);
  });

  test('gets receipts on the device that sent, and on no other', async () => {
    const phone = await person(`phone${users}`, { user: anna, device: 'phone' });
    await connect(anna);
    await connect(phone);
    await connect(ben);
    await send(anna, ben, 'tell me', { receipts: true });
    await received(ben, 1);
    await framesOf(anna, FrameType.receipt, 1);
    await python.order({ do: 'read', name: ben });
    const receipts = await framesOf<{ readonly kind: number; readonly id: number; readonly by: string }>(
      anna,
      FrameType.receipt,
      2,
    );
    expect(receipts.map(({ kind, id, by }) => [kind, id, by])).toEqual([
      [1, 1, ben],
      [2, 1, ben],
    ]);
    await python.order({ do: 'ping', name: phone, nonce: 1 });
    await framesOf(phone, FrameType.pong, 1);
    expect(await framesOf(phone, FrameType.receipt, 0)).toEqual([]);
    // One that is away is told when it is back.
    await send(anna, ben, 'tell me later', { receipts: true });
    await python.order({ do: 'cut', name: anna });
    await received(ben, 2);
    await connect(anna);
    const later = await framesOf<{ readonly id: number }>(anna, FrameType.receipt, 1);
    expect(later.map(({ id }) => id)).toEqual([2]);
  });

  test('watches presence: at once, on change, and anew after signing in again', async () => {
    await connect(anna);
    await python.order({ do: 'watch', name: anna, user: ben });
    await framesOf(anna, FrameType.presence, 1);
    await connect(ben);
    await framesOf(anna, FrameType.presence, 2);
    await python.order({ do: 'bye', name: ben });
    type Presence = { readonly online: boolean; readonly lastSeenMs: number; readonly user: string };
    const seen = await framesOf<Presence>(anna, FrameType.presence, 3);
    expect(seen.map(({ online, user }) => [online, user])).toEqual([
      [false, ben],
      [true, ben],
      [false, ben],
    ]);
    expect(seen.map(({ lastSeenMs }) => lastSeenMs > 0)).toEqual([false, false, true]);
    await python.order({ do: 'cut', name: anna });
    // Before she is back: where the server has not seen her old connection end, she still watches.
    await connect(ben);
    await connect(anna);
    await python.order({ do: 'watch', name: anna, user: ben });
    const again = await framesOf<Presence>(anna, FrameType.presence, 1);
    expect(again.map(({ online }) => online)).toEqual([true]);
  });

  test.each([
    ['a frame', DEFAULT_LIMITS.maxFrameBytes + HEADER_BYTES, Number.POSITIVE_INFINITY],
    ['a batch', DEFAULT_LIMITS.maxMessageBytes, 50_000],
  ])('is disconnected for %s above the limit in WELCOME, and not at the limit', async (_what, limit, largest) => {
    await connect(anna);
    const atLimit = sends(limit, largest);
    await python.order({ do: 'write', name: anna, hex: Buffer.concat(atLimit).toString('hex') });
    await framesOf(anna, FrameType.ack, atLimit.length);
    await python.order({ do: 'write', name: anna, hex: Buffer.concat(sends(limit + 1, largest)).toString('hex') });
    const closed = await python.order<{ readonly code: number }>({ do: 'closed', name: anna });
    expect(closed.code).toBe(CLOSE_CODE_BASE + ErrorCode.tooLarge);
  });

  /** SENDs to ben that are so many bytes together, and at most `largest` each. */
  function sends(bytes: number, largest: number): Buffer[] {
    const frames: Buffer[] = [];
    const besidesPayload = new FrameWriter().send(1, false, ben, Buffer.alloc(0)).take().length;
    for (let left = bytes; left > 0; ) {
      const size = left <= largest ? left : Math.min(largest, left - besidesPayload);
      frames.push(new FrameWriter().send(frames.length + 1, false, ben, Buffer.alloc(size - besidesPayload)).take());
      left -= size;
    }
    return frames;
  }

  test('with a cursor from another deployment is refused if messages wait, and gets them with cursor 0', async () => {
    await connect(anna);
    await send(anna, ben, 'waits');
    await answered(anna);
    const { refused } = await connect(ben, { cursor: (Date.now() - 1_577_836_800_000 + 3_600_000) * 2_048 });
    expect(refused?.code).toBe(ErrorCode.badAck);
    await connect(ben, { cursor: 0 });
    expect(await received(ben, 1)).toEqual(['waits']);
  });

  test('finds everything after the node was killed and started again by hand', async () => {
    await connect(anna);
    for (const text of ['one', 'two']) await send(anna, ben, text);
    await answered(anna);
    await send(anna, ben, 'unanswered, perhaps');
    await node.end('SIGKILL');
    node = await byHand(oneNode, env, 1);
    await python.order({ do: 'forget', name: anna });
    const { highestId } = await connect(anna);
    expect(highestId).toBeGreaterThanOrEqual(2);
    await send(anna, ben, 'three');
    expect((await answered(anna)).nacks).toEqual([]);
    await connect(ben);
    const texts = await python.order({ do: 'received', name: ben, count: 3 });
    expect(texts.received.map(([, text]) => text).filter((text) => !text.includes('perhaps'))).toEqual(['one', 'two', 'three']);
  });

  test('follows `moved` to the node that serves its user, of two nodes that were started by hand', async () => {
    const two = await byHand(twoNodes, { ...env, DATA: join(folder, 'two') }, 2);
    try {
      const [first, second] = two.ready.map(({ port }) => port);
      const known = { nodes: [first, second].map((port) => [HOST, port]) };
      const laptop = await person(`laptop${users}`, { user: anna, device: 'laptop', ...known });
      const phone = await person(`phone${users}`, { user: anna, device: 'phone', ...known });
      const { node: home } = await connect(laptop, {}, first);
      expect((await connect(phone, {}, second)).node).toBe(home);
      expect((await python.order({ do: 'look', name: phone })).moves).toEqual([first]);
      await send(laptop, anna, 'to myself');
      expect(await received(phone, 1)).toEqual(['to myself']);
      // To somebody at the other node, and to one who is sent nowhere that he does not know.
      await connect(ben, {}, second);
      await send(phone, ben, 'across');
      expect(await received(ben, 1)).toEqual(['across']);
      const stranger = await person(`stranger${users}`, { user: anna, device: 'tablet', nodes: [] });
      expect((await connect(stranger, {}, second)).refused).toMatchObject({ code: ErrorCode.moved, reason: `${HOST}:${first}` });
    } finally {
      await two.end('SIGTERM');
    }
  });
});

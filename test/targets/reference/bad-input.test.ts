/** Every bad input: the connection is closed with its reason, it is counted, and somebody else's conversation goes on. */
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType, FrameWriter } from '../../../targets/protocol/frames.ts';
import { proofOf } from '../../../targets/protocol/token.ts';
import type { Bound } from '../../../targets/reference/messaging/counters.ts';
import { type LocalNode, localNode } from './local-node.ts';
import { TestClient } from './test-client.ts';

let server: LocalNode;
let anna: TestClient;
let ben: TestClient;
let id = 0;

beforeAll(async () => {
  server = await localNode({
    handshakeMs: 300,
    maxFrameBytes: 1_024,
    maxMessageBytes: 4_096,
    framesPerSecond: 200,
    frameBurst: 400,
    sendsPerSecond: 20,
    sendBurst: 50,
    maxRefusals: 10,
    maxWatches: 5,
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  anna = await server.client('anna');
  ben = await server.client('ben');
});
afterEach(async () => {
  // Whatever somebody else did, these two talk on.
  anna.send(++id, 'ben', `still here ${id}`);
  await ben.until(() => ben.texts.includes(`still here ${id}`), 'the message of another user');
  await anna.until(() => anna.acks.includes(id), 'its ACK');
  ben.write((writer) => writer.delivered(ben.lastSeq));
  await anna.bye();
  await ben.bye();
});

async function expectClose(client: TestClient, code: ErrorCode, bound?: Bound): Promise<void> {
  expect(await client.closed()).toBe(CLOSE_CODE_BASE + code);
  expect(client.of(FrameType.error)).toEqual([expect.objectContaining({ code })]);
  expect(server.node.counters.closes[code]).toBe((before.closes[code] ?? 0) + 1);
  if (bound !== undefined) expect(server.node.counters.bounds[bound]).toBeGreaterThan(before.bounds[bound]);
}

let before: { closes: number[]; bounds: Record<Bound, number> };
beforeEach(() => {
  const { closes, bounds } = server.node.counters;
  before = { closes: [...closes], bounds: { ...bounds } };
});

describe('before signing in', () => {
  async function challenged(): Promise<TestClient> {
    const client = new TestClient(server.endpoint);
    await client.until(() => client.of(FrameType.challenge).length > 0, 'CHALLENGE');
    return client;
  }

  test('garbage in a message is malformed', async () => {
    const client = await challenged();
    client.socket.send(Buffer.from('\x7f\0\0\x05hello'));
    await expectClose(client, ErrorCode.malformed);
  });

  test('a truncated frame is malformed', async () => {
    const client = await challenged();
    client.socket.send(Buffer.from([FrameType.hello, 0, 0, 50, 1]));
    await expectClose(client, ErrorCode.malformed);
  });

  test('a text message is malformed', async () => {
    const client = await challenged();
    client.socket.send('hello');
    await expectClose(client, ErrorCode.malformed);
  });

  test('a broken WebSocket frame is malformed', async () => {
    const client = await challenged();
    // Reserved bits set.
    (client.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from([0xf2, 0x80, 1, 2, 3, 4]),
    );
    await expectClose(client, ErrorCode.malformed);
  });

  test('a message above the limit is too large', async () => {
    const client = await challenged();
    client.socket.send(Buffer.alloc(5_000));
    await expectClose(client, ErrorCode.tooLarge);
  });

  test('a frame above the limit is too large, and counted as such', async () => {
    const client = await challenged();
    client.write((writer) => writer.send(1, false, 'ben', Buffer.alloc(2_000)));
    await expectClose(client, ErrorCode.tooLarge, 'frame-size');
  });

  test.each([
    ['SEND', (writer: FrameWriter) => writer.send(1, false, 'ben', Buffer.from('x'))],
    ['DELIVERED', (writer: FrameWriter) => writer.delivered(1)],
    ['BYE', (writer: FrameWriter) => writer.bye()],
    ['a frame of servers', (writer: FrameWriter) => writer.ack(1)],
  ])('%s is unexpected', async (_name, fill) => {
    const client = await challenged();
    client.write(fill);
    await expectClose(client, ErrorCode.unexpected);
  });

  test('a token signed by somebody else is unauthorised', async () => {
    const other = await localNode();
    const client = await challenged();
    await client.hello(other.credential('anna'));
    await expectClose(client, ErrorCode.unauthorised);
    await other.stop();
  });

  test("a HELLO for somebody else, with the secret of one's own token, is unauthorised", async () => {
    const client = await challenged();
    await client.hello({ ...server.credential('anna'), secret: server.credential('mallory').secret });
    await expectClose(client, ErrorCode.unauthorised);
  });

  test('a HELLO recorded on another connection is unauthorised', async () => {
    const first = await challenged();
    const credential = server.credential('carol');
    const [frame] = first.of(FrameType.challenge);
    const recorded = new FrameWriter().hello(credential.token, proofOf(credential.secret, frame?.challenge as Buffer), 0).take();
    first.socket.send(recorded);
    await first.until(() => first.of(FrameType.welcome).length === 1, 'WELCOME');
    const replay = await challenged();
    replay.socket.send(recorded);
    await expectClose(replay, ErrorCode.unauthorised);
    await first.bye();
  });

  test('an expired token is expired', async () => {
    const client = await challenged();
    await client.hello(server.credential('anna', 'd0', -1));
    await expectClose(client, ErrorCode.expired);
  });

  test('a HELLO of another version is malformed', async () => {
    const client = await challenged();
    const hello = new FrameWriter().hello('a.b', Buffer.alloc(32), 0).take();
    hello[4] = 9;
    client.socket.send(hello);
    await expectClose(client, ErrorCode.malformed);
  });

  test('silence ends with handshake-timeout', async () => {
    const client = await challenged();
    await expectClose(client, ErrorCode.handshakeTimeout, 'handshake-time');
  });

  test('silence before the request ends the connection too', async () => {
    const timeouts = before.bounds['handshake-time'];
    const socket = connect(server.endpoint.port, server.endpoint.host);
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect(server.node.counters.bounds['handshake-time']).toBe(timeouts + 1);
  });

  test.each([
    ['garbage', '\x16\x03\x01\x02\x00', '400'],
    ['a POST', `POST /letitcrash HTTP/1.1\r\n\r\n`, '405'],
    ['another path', 'GET /etc/passwd HTTP/1.1\r\nUpgrade: websocket\r\n\r\n', '404'],
    ['a request without the subprotocol', 'GET /letitcrash HTTP/1.1\r\nUpgrade: websocket\r\n\r\n', '400'],
    [
      'a request without a key',
      'GET /letitcrash HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: letitcrash.1\r\n\r\n',
      '400',
    ],
    ['an endless header', `GET /letitcrash HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, '431'],
  ])('%s instead of a request is answered with its status', async (_name, bytes, status) => {
    const socket = connect(server.endpoint.port, server.endpoint.host);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.write(bytes);
    await new Promise((resolve) => socket.on('close', resolve));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

describe('after signing in', () => {
  let mallory: TestClient;
  // Connecting again gives nobody a new rate: each test has a user of its own.
  let name = '';
  let users = 0;
  beforeEach(async () => {
    name = `mallory${++users}`;
    mallory = await server.client(name);
  });

  test('a second HELLO is unexpected', async () => {
    await mallory.hello(server.credential(name));
    await expectClose(mallory, ErrorCode.unexpected);
  });

  test('a frame that only servers send is unexpected', async () => {
    mallory.write((writer) => writer.pong(1));
    await expectClose(mallory, ErrorCode.unexpected);
  });

  test('an unknown type is malformed', async () => {
    mallory.socket.send(Buffer.from([0x42, 0, 0, 0]));
    await expectClose(mallory, ErrorCode.malformed);
  });

  test('DELIVERED for a message that was never delivered is bad-ack', async () => {
    mallory.write((writer) => writer.delivered(Number.MAX_SAFE_INTEGER));
    await expectClose(mallory, ErrorCode.badAck);
  });

  test('READ for a message that was not acknowledged is bad-ack', async () => {
    mallory.write((writer) => writer.read(1_000_000));
    await expectClose(mallory, ErrorCode.badAck);
  });

  test('a cursor that no message can have had is bad-ack', async () => {
    const client = new TestClient(server.endpoint);
    await client.hello(server.credential('trudy'), Number.MAX_SAFE_INTEGER);
    await expectClose(client, ErrorCode.badAck);
  });

  test('sends above the rate are NACKed, and far above it the connection ends after every earlier send was answered', async () => {
    for (let i = 1; i <= 100; i++) mallory.send(i, 'ben', 'flood');
    await expectClose(mallory, ErrorCode.rateLimited, 'send-rate');
    const nacks = mallory.of(FrameType.nack);
    expect(nacks.length).toBe(10);
    expect(new Set(nacks.map(({ code }) => code))).toEqual(new Set([ErrorCode.rateLimited]));
    expect(mallory.acks.length).toBeGreaterThanOrEqual(50);
  });

  test('a flood of frames of any kind ends the connection', async () => {
    for (let i = 0; i < 2_000; i++) mallory.write((writer) => writer.ping(i));
    await expectClose(mallory, ErrorCode.rateLimited, 'frame-rate');
  });

  test('a flood of WebSocket pings ends the connection', async () => {
    for (let i = 0; i < 2_000; i++) mallory.socket.ping();
    await expectClose(mallory, ErrorCode.rateLimited, 'frame-rate');
  });

  test('watching too many users ends the connection', async () => {
    for (let i = 0; i < 10; i++) mallory.write((writer) => writer.watch(`w${i}`));
    await expectClose(mallory, ErrorCode.rateLimited, 'watches');
  });
});

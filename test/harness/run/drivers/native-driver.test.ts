import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ConnectOptions, ServedBy, SessionEnd, SessionEvents } from '../../../../harness/contracts/driver.ts';
import { createDriver, DRIVER_NAMES } from '../../../../harness/run/drivers/index.ts';
import { NativeDriver } from '../../../../harness/run/drivers/native/native-driver.ts';
import { type ClientFrame, FrameReader, FrameType, FrameWriter, SUBPROTOCOL } from '../../../../targets/protocol/frames.ts';
import { checkToken, issueToken } from '../../../../targets/protocol/token.ts';
import { until } from '../../../until.ts';

const KEY = Buffer.alloc(32, 9);
const CHALLENGE = Buffer.alloc(16, 5);
const CLAIMS = { user: 'u1', device: 'd0', expiresAt: 4_000_000_000, tokenId: 't' };
const CREDENTIAL = { user: 'u1', device: 'd0', ...issueToken(KEY, CLAIMS) };
const writer = new FrameWriter();

class Listener implements SessionEvents {
  readonly seen: string[] = [];
  end: SessionEnd | null = null;
  ends = 0;
  /** Where it is served, as `open` says. */
  by: ServedBy | undefined;
  open(cursor: number, by?: ServedBy): void {
    this.by = by;
    this.seen.push(`open ${cursor}`);
  }
  acked(id: number): void {
    this.seen.push(`acked ${id}`);
  }
  refused(id: number, code: number, reason: string): void {
    this.seen.push(`refused ${id} ${code} ${reason}`);
  }
  delivered(seq: number, id: number, from: string, payload: Buffer, again: boolean): void {
    this.seen.push(`delivered ${seq} ${id} ${from} ${payload} ${again}`);
  }
  receipt(kind: string, id: number, by: string): void {
    this.seen.push(`receipt ${kind} ${id} ${by}`);
  }
  ended(end: SessionEnd): void {
    this.end = end;
    this.ends++;
  }
}

let driver: NativeDriver;
let listener: Listener;
let closeServer: () => void;

beforeEach(() => {
  driver = new NativeDriver();
  listener = new Listener();
});

afterEach(() => closeServer());

const KEEPALIVE_MS = 3_000;

function optionsFor(port: number): ConnectOptions {
  return {
    endpoint: { host: '127.0.0.1', port, path: '/chat' },
    credential: CREDENTIAL,
    cursor: 0,
    usedId: 6,
    localAddress: null,
    handshakeTimeoutMs: 5_000,
    keepaliveMs: KEEPALIVE_MS,
    redirected: false,
  };
}

function connect(port: number, handshakeTimeoutMs = 5_000, cursor = 0) {
  return driver.connect({ ...optionsFor(port), cursor, handshakeTimeoutMs }, listener);
}

describe('with a server that signs everybody in', () => {
  let port: number;
  let socket: WebSocket;
  let messages: ClientFrame[][];
  let urls: unknown[];
  let maxFrame: number;

  beforeEach(async () => {
    messages = [];
    maxFrame = 65_536;
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/chat', handleProtocols: () => SUBPROTOCOL });
    closeServer = () => {
      for (const client of server.clients) client.terminate();
      server.close();
    };
    urls = [];
    server.on('connection', (client, request) => {
      socket = client;
      urls.push(request.url);
      client.send(writer.challenge(CHALLENGE).take());
      client.on('message', (data: Buffer) => {
        const frames: ClientFrame[] = [];
        const reader = new FrameReader(Buffer.from(data));
        for (let frame = reader.next(); frame !== null; frame = reader.next()) frames.push(frame as ClientFrame);
        messages.push(frames);
        const [first] = frames;
        if (first?.type === FrameType.hello) {
          expect(checkToken(KEY, { ...first, challenge: CHALLENGE }, 0)).toMatchObject({ ok: true });
          client.send(
            writer.welcome({ epoch: 1, cursor: first.cursor, maxFrameBytes: maxFrame, window: 100, node: 'n0' }).take(),
          );
        }
      });
    });
    await new Promise((resolve) => server.once('listening', resolve));
    port = (server.address() as { port: number }).port;
  });

  async function open(cursor = 0) {
    const session = connect(port, 5_000, cursor);
    await until(() => listener.seen.length > 0);
    return session;
  }

  test('it signs in with its cursor, and reports what the server says', async () => {
    await open(41);
    expect(listener.by).toMatchObject({ node: 'n0', epoch: 1 });
    socket.send(
      writer
        .ack(1)
        .nack(2, 14, 'full')
        .deliver({ seq: 9, id: 3, sentAtMs: 0, again: true, from: 'u7', payload: Buffer.from('hello') })
        .receipt(1, 1, 'u7')
        .receipt(2, 1, 'u7')
        .presence('u7', true, 0)
        .pong(0)
        .take(),
    );
    await until(() => listener.seen.length === 6);
    expect(messages[0]?.[0]).toMatchObject({ version: 2, cursor: 41, usedId: 6 });
    expect(listener.seen).toEqual([
      'open 41',
      'acked 1',
      'refused 2 14 full',
      'delivered 9 3 u7 hello true',
      'receipt delivered 1 u7',
      'receipt read 1 u7',
    ]);
  });

  test('everything of one turn leaves as one message, acknowledged only once and before what was read', async () => {
    const session = await open();
    for (let id = 1; id <= 5; id++) expect(session.send(id, 'u2', Buffer.from('x'), id === 2)).toBe(true);
    for (let seq = 1; seq <= 5; seq++) session.acknowledge(seq);
    session.read(3);
    session.read(5);
    await until(() => messages.length === 2);
    expect(
      messages[1]?.map((frame) => ('id' in frame ? `send ${frame.id}` : 'seq' in frame ? `${frame.type} ${frame.seq}` : '')),
    ).toEqual(['send 1', 'send 2', 'send 3', 'send 4', 'send 5', '3 5', '4 3', '4 5']);
  });

  test('sessions that write in turns keep their own frames', async () => {
    const first = await open();
    const firstSocket = socket;
    const other = new Listener();
    const second = driver.connect(optionsFor(port), other);
    await until(() => other.seen.length > 0);
    const sent = new Map<WebSocket, number[]>([
      [firstSocket, []],
      [socket, []],
    ]);
    for (const [client, ids] of sent) {
      client.on('message', (data: Buffer) => {
        const reader = new FrameReader(data);
        for (let frame = reader.next(); frame !== null; frame = reader.next()) if ('id' in frame) ids.push(frame.id);
      });
    }
    for (let id = 1; id <= 100; id++) (id % 3 === 0 ? first : second).send(id, 'u2', Buffer.from('x'), false);
    await until(() => [...sent.values()].flat().length === 100);
    const ids = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(sent.get(firstSocket)).toEqual(ids.filter((id) => id % 3 === 0));
    expect(sent.get(socket)).toEqual(ids.filter((id) => id % 3 !== 0));
  });

  test('no message is much larger than the frames that the server accepts', async () => {
    maxFrame = 1_000;
    const session = await open();
    const sizes: number[] = [];
    socket.on('message', (data: Buffer) => sizes.push(data.length));
    for (let id = 1; id <= 100; id++) session.send(id, 'u2', Buffer.alloc(100), false);
    await until(() => messages.flat().length === 101);
    expect(Math.max(...sizes)).toBeLessThan(1_000 + 150);
  });

  test('leaving says BYE, closes with 1000, and is a clean end', async () => {
    const session = await open();
    const code = new Promise((resolve) => socket.on('close', resolve));
    session.send(1, 'u2', Buffer.from('x'), false);
    session.close();
    expect(session.send(2, 'u2', Buffer.from('x'), false)).toBe(false);
    expect(await code).toBe(1000);
    await until(() => listener.end !== null);
    expect(listener.end).toMatchObject({ clean: true, code: 1000 });
    expect(messages[1]?.map((frame) => frame.type)).toEqual([FrameType.send, FrameType.bye]);
  });

  test('after leaving, nothing that still arrives is reported', async () => {
    const session = await open();
    socket.pause();
    session.close();
    socket.send(writer.ack(1).take());
    socket.resume();
    await until(() => listener.end !== null);
    expect(listener.seen).toEqual(['open 0']);
  });

  test('an abort resets the connection and is a clean end', async () => {
    const session = await open();
    const code = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    session.abort();
    expect(await code).toBe(1006);
    await until(() => listener.end !== null);
    expect(listener).toMatchObject({ end: { clean: true, code: 0 }, ends: 1 });
  });

  test('the reason of an ERROR frame is the reason of the end, and decides whether to come back', async () => {
    for (const [code, retry] of [
      [1, 'never'],
      [8, 'back-off'],
      [10, 'back-off'],
      [11, 'at-once'],
      [13, 'back-off'],
    ] as const) {
      listener = new Listener();
      await open();
      socket.send(writer.error(code, 'because').take());
      socket.close(4_000 + code, 'because');
      await until(() => listener.end !== null);
      expect(listener.end).toEqual({ clean: false, by: 'server', code: 4_000 + code, reason: 'because', retry, redirect: null });
    }
  });

  test('a broken connection and one that is closed without an ERROR are told apart', async () => {
    await open();
    socket.terminate();
    await until(() => listener.end !== null);
    expect(listener.end).toMatchObject({ clean: false, code: 0, retry: 'back-off' });
    listener = new Listener();
    await open();
    socket.close(1001, 'away');
    await until(() => listener.end !== null);
    expect(listener.end).toEqual({ clean: false, by: 'server', code: 1001, reason: 'away', retry: 'back-off', redirect: null });
  });

  test('a violation of the protocol ends the session, and is answered with a close code', async () => {
    const garbage: (string | Buffer)[] = [
      'text',
      Buffer.from([0xff, 0, 0, 0]),
      Buffer.from([0x82, 0, 0, 99]),
      writer.bye().take(),
    ];
    for (const data of garbage) {
      listener = new Listener();
      await open();
      const code = new Promise((resolve) => socket.on('close', resolve));
      socket.send(data);
      expect(await code).toBe(1002);
      await until(() => listener.end !== null);
      expect(listener.end).toMatchObject({ clean: false, code: 1002, retry: 'back-off' });
    }
  });

  test('a fault in the listener is not taken for a fault of the server', async () => {
    await open();
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    const listeners = process.listeners('uncaughtException').slice(0, -1);
    for (const one of listeners) process.off('uncaughtException', one);
    listener.acked = () => {
      throw new RangeError('ours');
    };
    socket.send(writer.ack(1).take());
    expect(await thrown).toBeInstanceOf(RangeError);
    for (const one of listeners) process.on('uncaughtException', one);
  });

  test('a server that says where the user is served ends the session with that address', async () => {
    for (const [reason, redirect] of [
      ['127.0.1.2:4711', { host: '127.0.1.2', port: 4_711 }],
      ['::1:80', { host: '::1', port: 80 }],
      ['127.0.1.2', null],
      ['somewhere else:80', null],
    ] as const) {
      listener = new Listener();
      await open();
      socket.send(writer.error(17, reason).take());
      socket.close(4_017);
      await until(() => listener.end !== null);
      expect(listener.end).toEqual({ clean: false, by: 'server', code: 4_017, reason, retry: 'back-off', redirect });
    }
  });

  test('a redirect is recognised from the close frame alone', async () => {
    await open();
    socket.close(4_017, '127.0.1.2:4711');
    await until(() => listener.end !== null);
    expect(listener.end?.redirect).toEqual({ host: '127.0.1.2', port: 4_711 });
  });

  test('a user who was redirected says so in the request', async () => {
    driver.connect({ ...optionsFor(port), redirected: true }, listener);
    await until(() => listener.seen.length > 0);
    listener = new Listener();
    await open();
    expect(urls).toEqual(['/chat?redirected', '/chat']);
  });

  describe('that falls silent', () => {
    let clockMs: number;
    const tendAfter = (ms: number): void => {
      clockMs += ms;
      driver.tend(clockMs);
    };
    /** Lets time pass for the driver, which is tended all the while. */
    const pass = (ms: number): void => {
      for (let left = ms; left > 0; left -= 10) tendAfter(10);
    };
    const pings = (): number => messages.flat().filter(({ type }) => type === FrameType.ping).length;
    /** The server says something, and the driver has heard it. */
    async function hear(): Promise<void> {
      listener.seen.length = 0;
      socket.send(writer.ack(1).take());
      await until(() => listener.seen.length > 0);
    }

    beforeEach(() => {
      clockMs = 1_000_000;
      driver.tend(clockMs);
    });

    test('it is asked for a sign of life, and abandoned when it gives none', async () => {
      await open();
      pass(KEEPALIVE_MS - 10);
      await hear();
      expect(pings()).toBe(0);
      pass(KEEPALIVE_MS - 10);
      expect(listener.end).toBeNull();
      pass(510);
      await until(() => pings() === 1);
      pass(KEEPALIVE_MS - 520);
      expect(listener.end).toBeNull();
      const code = new Promise((resolve) => socket.on('close', resolve));
      socket.on('error', () => {});
      pass(1_030);
      await until(() => listener.end !== null);
      expect(listener.end).toEqual({
        clean: false,
        by: 'client',
        code: 0,
        reason: 'keepalive',
        retry: 'elsewhere',
        redirect: null,
      });
      expect(await code).toBe(1006);
      expect(pings()).toBe(1);
    });

    test('anything it says then is a sign of life, and the silence begins anew', async () => {
      await open();
      for (let round = 1; round <= 3; round++) {
        pass(KEEPALIVE_MS + 500);
        await until(() => pings() === round);
        await hear();
        pass(KEEPALIVE_MS - 10);
        await hear();
      }
      expect(listener.end).toBeNull();
    });

    test('time in which this process did not run does not count as silence', async () => {
      await open();
      for (let i = 0; i < 20; i++) tendAfter(60_000);
      await hear();
      expect([pings(), listener.end]).toEqual([0, null]);
    });
  });

  test('a ping of the server is answered', async () => {
    await open();
    const pong = new Promise((resolve) => socket.on('pong', resolve));
    socket.ping('abc');
    expect(String(await pong)).toBe('abc');
  });
});

describe('with a server that does not complete the sign-in', () => {
  let server: Server;
  let sockets: Socket[];
  let port: number;
  let answer: (socket: Socket, key: string) => void;

  beforeEach(async () => {
    sockets = [];
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', (data) => answer(socket, /Sec-WebSocket-Key: (\S+)/.exec(String(data))?.[1] ?? ''));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
    closeServer = () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
  });

  const accepted = (key: string): string =>
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n` +
    `Sec-WebSocket-Accept: ${createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')}\r\n\r\n`;

  async function ended(): Promise<SessionEnd> {
    await until(() => listener.end !== null);
    expect(listener.ends).toBe(1);
    return listener.end as SessionEnd;
  }

  test('a refused upgrade is reported with its status', async () => {
    answer = (socket) => socket.write('HTTP/1.1 503 Busy\r\n\r\n');
    connect(port);
    expect(await ended()).toMatchObject({ clean: false, retry: 'back-off', reason: expect.stringContaining('503') });
    listener = new Listener();
    answer = (socket) => socket.write('HTTP/1.1 404 What\r\n\r\n');
    connect(port);
    expect(await ended()).toMatchObject({ retry: 'never' });
  });

  test('an Accept that does not match our key is refused for good', async () => {
    answer = (socket) => socket.write(accepted('x'));
    connect(port);
    expect(await ended()).toMatchObject({ retry: 'never', reason: expect.stringContaining('Sec-WebSocket-Accept') });
  });

  test('an answer in single bytes, with the first frame right behind it, is understood', async () => {
    const second: Buffer[] = [];
    answer = (socket, key) => {
      socket.once('data', (data) => second.push(data as Buffer));
      const challenge = writer.challenge(CHALLENGE).take();
      const bytes = Buffer.concat([Buffer.from(accepted(key)), Buffer.from([0x82, challenge.length]), challenge]);
      for (const byte of bytes.subarray(0, 100)) socket.write(Buffer.from([byte]));
      socket.write(bytes.subarray(100));
    };
    connect(port);
    await until(() => second.length > 0);
    expect(second[0]?.[8]).toBe(FrameType.hello);
  });

  test('silence at any stage of the handshake ends it at its limit', async () => {
    const stages: (typeof answer)[] = [
      () => {},
      (socket) => socket.write('HTTP/1.1 101'),
      (socket, key) => socket.write(accepted(key)),
    ];
    for (const stage of stages) {
      listener = new Listener();
      answer = stage;
      connect(port, 100);
      expect(await ended()).toMatchObject({ clean: false, reason: 'handshake timed out', retry: 'back-off' });
    }
  });

  test('closing during the handshake is a clean end', async () => {
    answer = () => {};
    const session = connect(port);
    await until(() => sockets.length > 0);
    session.close();
    expect(await ended()).toMatchObject({ clean: true });
  });

  test('a port on which nobody listens is reported by the name of its error', async () => {
    await new Promise((resolve) => server.close(resolve));
    connect(port);
    expect(await ended()).toMatchObject({ clean: false, code: 0, reason: 'ECONNREFUSED', retry: 'back-off' });
  });
});

test('a driver is found by its name, and an unknown name is answered with the names that exist', () => {
  closeServer = () => {};
  expect(DRIVER_NAMES).toContain('native');
  expect(createDriver('native').name).toBe('native');
  expect(() => createDriver('carrier pigeon')).toThrow(/carrier pigeon.*native/);
});

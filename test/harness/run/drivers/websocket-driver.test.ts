import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ConnectOptions, Session, SessionEnd, SessionEvents, SocketLink } from '../../../../harness/contracts/driver.ts';
import { webSocketDriver } from '../../../../harness/run/drivers/websocket/websocket-driver.ts';
import type { WebSocketProtocol } from '../../../../harness/run/drivers/websocket/websocket-protocol.ts';
import { eventually } from '../../../../harness/run/faults/eventually.ts';
import { kernelSockets } from '../../../../harness/run/faults/kinds/client/kernel-sockets.ts';
import { until } from '../../../until.ts';

/** Lines of text: what a user of the helper would write. */
const PROTOCOL: WebSocketProtocol = {
  name: 'lines',
  request: ({ credential }) => `/chat?name=${credential.user}`,
  signIn: ({ credential, cursor }) => `hello ${credential.token} ${cursor}`,
  send: (id, to, payload, receipts) => `send ${id} ${to} ${payload} ${receipts}`,
  acknowledge: (seq) => `have ${seq}`,
  read: (seq) => `read ${seq}`,
  receive(frame, heard) {
    const [word, first, second, third] = frame.toString().split(' ');
    if (word === 'welcome') heard.signedIn();
    else if (word === 'ack') heard.acked(Number(first));
    else if (word === 'no') heard.refused(Number(first), 7, 'no');
    else if (word === 'message')
      heard.delivered({
        seq: third === undefined ? null : Number(third),
        id: Number(first),
        from: second as string,
        payload: Buffer.from('x'),
      });
    else if (word === 'seen') heard.receipt('read', Number(first), second as string);
    else throw new Error(`what is ${word}?`);
  },
  retryAfter: (code) => (code === 4000 ? 'never' : 'back-off'),
};

class Listener implements SessionEvents {
  readonly seen: string[] = [];
  readonly ends: SessionEnd[] = [];
  open(cursor: number): void {
    this.seen.push(`open ${cursor}`);
  }
  acked(id: number): void {
    this.seen.push(`acked ${id}`);
  }
  refused(id: number, code: number, reason: string): void {
    this.seen.push(`refused ${id} ${code} ${reason}`);
  }
  delivered(seq: number, id: number, from: string, payload: Buffer): void {
    this.seen.push(`delivered ${seq} ${id} ${from} ${payload}`);
  }
  receipt(kind: string, id: number, by: string): void {
    this.seen.push(`receipt ${kind} ${id} ${by}`);
  }
  ended(end: SessionEnd): void {
    this.ends.push(end);
  }
}

let server: WebSocketServer;
let peer: WebSocket | null;
/** What the server heard: the request first. */
let heard: string[];
let socketErrors: string[];
let options: ConnectOptions;
const driver = webSocketDriver(PROTOCOL);

beforeEach(async () => {
  heard = [];
  socketErrors = [];
  peer = null;
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket, request) => {
    peer = socket;
    heard.push(request.url as string);
    socket.on('message', (data) => heard.push(data.toString()));
    socket.on('ping', () => heard.push('PING'));
    (request.socket as Socket).on('error', (error: NodeJS.ErrnoException) => socketErrors.push(error.code ?? ''));
    socket.on('error', () => undefined);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  options = {
    endpoint: { host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/' },
    credential: { user: 'anna', device: 'd0', token: 't0', secret: '' },
    cursor: 4,
    usedId: 0,
    localAddress: null,
    handshakeTimeoutMs: 20_000,
    keepaliveMs: 100,
    redirected: false,
  };
});

afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

async function signedIn(listener: Listener): Promise<Session> {
  const session = driver.connect(options, listener);
  await until(() => heard.length === 2);
  peer?.send('welcome');
  await until(() => listener.seen.length === 1);
  return session;
}

describe('a protocol on WebSocket', () => {
  test('signs in with its own request and first frame, and sends only from then on', async () => {
    const listener = new Listener();
    const session = driver.connect(options, listener);
    expect(session.send(1, 'ben', Buffer.from('hi'), false)).toBe(false);
    await until(() => heard.length === 2);
    peer?.send('welcome');
    await until(() => listener.seen.length === 1);
    expect(session.send(2, 'ben', Buffer.from('hi'), true)).toBe(true);
    session.acknowledge(3);
    session.read(3);
    await until(() => heard.length === 5);
    expect(heard).toEqual(['/chat?name=anna', 'hello t0 4', 'send 2 ben hi true', 'have 3', 'read 3']);
    expect(listener.seen).toEqual(['open 4']);
    expect(session.link).toMatchObject({ remote: `127.0.0.1:${options.endpoint.port}` });
  });

  test('is turned into events, and messages without a number are counted on from the cursor', async () => {
    const listener = new Listener();
    await signedIn(listener);
    for (const line of ['ack 1', 'no 2', 'message 3 ben', 'message 4 ben 9', 'message 5 ben', 'seen 6 ben']) peer?.send(line);
    await until(() => listener.seen.length === 7);
    expect(listener.seen.slice(1)).toEqual([
      'acked 1',
      'refused 2 7 no',
      'delivered 5 3 ben x',
      'delivered 9 4 ben x',
      'delivered 10 5 ben x',
      'receipt read 6 ben',
    ]);
  });

  test('is read from the first frame on: what came before the sign-in is reported right after it, in order', async () => {
    const listener = new Listener();
    driver.connect(options, listener);
    await until(() => heard.length === 2);
    for (const line of ['message 3 ben', 'message 4 ben 9', 'ack 1', 'no 2', 'seen 6 ben', 'welcome', 'message 5 ben'])
      peer?.send(line);
    await until(() => listener.seen.length === 7);
    expect(listener.seen).toEqual([
      'open 4',
      'delivered 5 3 ben x',
      'delivered 9 4 ben x',
      'acked 1',
      'refused 2 7 no',
      'receipt read 6 ben',
      'delivered 10 5 ben x',
    ]);
  });

  test('that never says welcome ends with a reason that mentions what came before', async () => {
    const listener = new Listener();
    driver.connect({ ...options, handshakeTimeoutMs: 300 }, listener);
    await until(() => heard.length === 2);
    peer?.send('message 3 ben');
    await until(() => listener.ends.length === 1);
    expect(listener.ends[0]?.reason).toBe('handshake timed out, after messages had come before the sign-in');
  });

  test('keeps a bounded number of messages until the sign-in, and ends the connection when there are more', async () => {
    const listener = new Listener();
    driver.connect(options, listener);
    await until(() => heard.length === 2);
    for (let id = 0; id <= 10_000; id++) peer?.send('message 3 ben');
    await until(() => listener.ends.length === 1);
    expect(listener.ends).toMatchObject([{ clean: false, code: 1002 }]);
    expect(listener.ends[0]?.reason).toMatch(
      /^protocol error: the server sent more before the sign-in than the driver keeps \(10000 messages/,
    );
    expect(listener.seen).toEqual([]);
  });

  test('without a first frame is signed in by the request alone', async () => {
    const listener = new Listener();
    const { signIn, ...rest } = PROTOCOL;
    webSocketDriver(rest).connect(options, listener);
    await until(() => listener.seen.length === 1);
    expect(listener.seen).toEqual(['open 4']);
  });
});

describe('a session ends once', () => {
  test('politely', async () => {
    const listener = new Listener();
    const session = await signedIn(listener);
    session.close();
    await until(() => listener.ends.length === 1);
    expect(listener.ends).toMatchObject([{ clean: true, code: 1000 }]);
    expect(session.send(1, 'ben', Buffer.from('hi'), false)).toBe(false);
  });

  test('by a reset, which the server hears as one', async () => {
    const listener = new Listener();
    const session = await signedIn(listener);
    session.abort('reset');
    await until(() => listener.ends.length === 1 && socketErrors.length === 1);
    expect(listener.ends).toMatchObject([{ clean: true, code: 0, reason: 'reset', retry: 'at-once' }]);
    expect(socketErrors).toEqual(['ECONNRESET']);
  });

  test('by the server, with what its code allows', async () => {
    const listener = new Listener();
    await signedIn(listener);
    peer?.close(4000, 'banned');
    await until(() => listener.ends.length === 1);
    expect(listener.ends).toMatchObject([{ clean: false, code: 4000, reason: 'banned', retry: 'never' }]);
  });

  test('by a frame that the protocol does not know', async () => {
    const listener = new Listener();
    await signedIn(listener);
    peer?.send('nonsense');
    await until(() => listener.ends.length === 1);
    expect(listener.ends).toMatchObject([{ clean: false, code: 1002, reason: 'protocol error: what is nonsense?' }]);
  });

  test('when nobody listens, and when the sign-in is not answered in time', async () => {
    const listener = new Listener();
    driver.connect({ ...options, handshakeTimeoutMs: 50 }, listener);
    await until(() => listener.ends.length === 1);
    driver.connect({ ...options, endpoint: { ...options.endpoint, port: 1 } }, listener);
    await until(() => listener.ends.length === 2);
    expect(listener.ends).toMatchObject([{ reason: 'handshake timed out' }, { reason: 'ECONNREFUSED', retry: 'back-off' }]);
    expect(listener.seen).toEqual([]);
  });

  test('when a silent server does not answer a ping either', async () => {
    const listener = new Listener();
    await signedIn(listener);
    (peer as unknown as { _autoPong: boolean })._autoPong = false;
    let nowMs = 0;
    await until(() => {
      nowMs += 10;
      driver.tend(nowMs);
      return listener.ends.length === 1;
    });
    expect(heard).toContain('PING');
    expect(listener.ends).toMatchObject([{ clean: false, reason: 'keepalive', retry: 'elsewhere' }]);
  });

  test('when it is abandoned, while the connection stays', async () => {
    const listener = new Listener();
    const session = await signedIn(listener);
    const left = session.abandon();
    expect(listener.ends).toMatchObject([{ reason: 'abandoned' }]);
    expect(peer?.readyState).toBe(1);
    left?.end();
    await until(() => socketErrors.length === 1);
    expect(listener.ends.length).toBe(1);
  });
});

test('a stalled session leaves everything with the kernel, and so does an abandoned one', async () => {
  const bytes = Buffer.alloc(40_000, 'x');
  for (const stop of ['stall', 'abandon'] as const) {
    heard = [];
    const session = await signedIn(new Listener());
    const { local, remote } = session.link as SocketLink;
    expect(session[stop]()).toBeTruthy();
    peer?.send(bytes);
    const unread = async (): Promise<number> => (await kernelSockets()).get(`${local} ${remote}`)?.unreadBytes ?? 0;
    await eventually(unread, (now) => now >= bytes.length, 5_000);
    // The end of the connection stays unheard too: a paused socket would have closed by it.
    (peer as unknown as { _socket: Socket })._socket.end();
    await eventually(
      async () => (await kernelSockets()).get(`${local} ${remote}`)?.state,
      (state) => state === 'close-wait',
      5_000,
    );
    expect([await unread(), stop]).toEqual([expect.toSatisfy((now: number) => now >= bytes.length), stop]);
  }
});

test('a stalled session reads nothing until it is resumed', async () => {
  const listener = new Listener();
  const session = await signedIn(listener);
  expect(session.stall()).toBe(true);
  expect(session.stall()).toBe(false);
  await until(() => heard.includes('PING'));
  peer?.send('ack 1');
  session.send(1, 'ben', Buffer.from('hi'), false);
  await until(() => heard.some((line) => line.startsWith('send 1')));
  expect(listener.seen).toEqual(['open 4']);
  session.resume();
  await until(() => listener.seen.length === 2);
  expect(listener.seen[1]).toBe('acked 1');
});

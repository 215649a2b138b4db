import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  clientFrame,
  closePayload,
  Opcode,
  WebSocketDecoder,
  WebSocketError,
} from '../../../../harness/run/drivers/native/websocket-codec.ts';
import { readUpgradeAnswer, upgradeRequest } from '../../../../harness/run/drivers/native/websocket-handshake.ts';
import { until } from '../../../until.ts';
import { connectRaw, type RawPeer, Recorder } from './raw-peer.ts';

const LIMIT = 1_000_000;

/** Decodes `bytes` in pieces of the given sizes (the last one repeats), through one buffer that is overwritten each time. */
function decode(bytes: Buffer, sizes: readonly number[]): string[] {
  const decoder = new WebSocketDecoder();
  const recorder = new Recorder();
  const shared = Buffer.alloc(Math.max(...sizes, 1));
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.min(sizes[Math.min(i, sizes.length - 1)] as number, bytes.length - at);
    shared.fill(0xee);
    bytes.copy(shared, 0, at, at + size);
    decoder.push(shared, size, LIMIT, recorder);
    at += size;
  }
  return recorder.seen;
}

/** A server's frame: as a client's, without the mask. */
function serverFrame(first: number, payload: Buffer): Buffer {
  const masked = clientFrame(Opcode.binary, payload);
  const header = masked.subarray(0, masked.length - payload.length - 4);
  header[0] = first;
  header[1] = (header[1] as number) & 0x7f;
  return Buffer.concat([header, payload]);
}

interface Sent {
  readonly bytes: Buffer;
  readonly expected: string;
}

const payload = fc
  .oneof(fc.nat(200), fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000))
  .chain((size) => fc.nat(255).map((fill) => Buffer.alloc(size, fill)));

/** A message in fragments, with a ping between any two of them. */
const message: fc.Arbitrary<Sent> = fc
  .tuple(payload, fc.boolean(), fc.array(fc.nat(70_000), { maxLength: 4 }), fc.boolean())
  .map(([body, binary, cuts, interleave]) => {
    const edges = [0, ...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length];
    const parts: Buffer[] = [];
    let expected = '';
    for (let i = 1; i < edges.length; i++) {
      const opcode = i === 1 ? (binary ? Opcode.binary : Opcode.text) : Opcode.continuation;
      parts.push(serverFrame((i === edges.length - 1 ? 0x80 : 0) | opcode, body.subarray(edges[i - 1], edges[i])));
      if (interleave && i < edges.length - 1) {
        parts.push(serverFrame(0x80 | Opcode.ping, Buffer.from('hi')));
        expected += 'ping aGk=\n';
      }
    }
    return { bytes: Buffer.concat(parts), expected: `${expected}${binary ? 'binary' : 'text'} ${body.toString('base64')}` };
  });

const control: fc.Arbitrary<Sent> = fc.tuple(fc.constantFrom('ping', 'pong'), fc.nat(125)).map(([kind, size]) => {
  const body = Buffer.alloc(size, 7);
  return {
    bytes: serverFrame(0x80 | (kind === 'ping' ? Opcode.ping : Opcode.pong), body),
    expected: `${kind} ${body.toString('base64')}`,
  };
});

test('whatever the sizes, fragments and splits, the decoder finds the messages that were encoded', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(message, control), { minLength: 1, maxLength: 6 }),
      fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), { minLength: 1, maxLength: 30 }),
      (sent, sizes) => {
        const bytes = Buffer.concat(sent.map((one) => one.bytes));
        // The last size repeats: one of a few bytes would take a quarter of a million pushes.
        expect(decode(bytes, [...sizes, 4_096])).toEqual(sent.flatMap((one) => one.expected.split('\n')));
      },
    ),
    { numRuns: 300 },
  );
});

test('a message split into single bytes is found', () => {
  const body = Buffer.alloc(66_000, 3);
  expect(decode(serverFrame(0x82, body), [1])).toEqual([`binary ${body.toString('base64')}`]);
});

describe('what a server must not send is refused with the close code of RFC 6455', () => {
  const refused = (name: string, code: number, ...frames: Buffer[]): void => {
    test(name, () => {
      let error: unknown;
      try {
        decode(Buffer.concat(frames), [3]);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(WebSocketError);
      expect((error as WebSocketError).code).toBe(code);
    });
  };
  const empty = Buffer.alloc(0);
  refused('a masked frame', 1002, clientFrame(Opcode.binary, empty));
  refused('a reserved bit', 1002, serverFrame(0xc2, empty));
  refused('an unknown opcode', 1002, serverFrame(0x83, empty));
  refused('a fragmented ping', 1002, serverFrame(Opcode.ping, empty));
  refused('a ping of 126 bytes', 1002, serverFrame(0x80 | Opcode.ping, Buffer.alloc(126)));
  refused('a continuation of nothing', 1002, serverFrame(0x80, empty));
  refused('a message inside a message', 1002, serverFrame(Opcode.binary, empty), serverFrame(0x82, empty));
  refused('a close frame of one byte', 1002, serverFrame(0x88, Buffer.alloc(1)));
  refused('a message above the limit', 1009, Buffer.from([0x82, 127, 0, 0, 0, 0, 0x7f, 0, 0, 0]));
  refused(
    'fragments that are together above the limit',
    1009,
    serverFrame(Opcode.binary, Buffer.alloc(600_000)),
    serverFrame(0x80, Buffer.alloc(600_000)),
  );
});

describe('beside a live `ws` server', () => {
  let server: WebSocketServer;
  let port: number;
  let sockets: WebSocket[];

  beforeAll(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 4_000_000, handleProtocols: () => 'letitcrash.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    port = (server.address() as { port: number }).port;
    sockets = [];
    server.on('connection', (socket) => sockets.push(socket));
  });

  afterAll(() => {
    for (const socket of sockets) socket.terminate();
    server.close();
  });

  async function connected(): Promise<{ peer: RawPeer; socket: WebSocket }> {
    const before = sockets.length;
    const peer = await connectRaw(port);
    await until(() => sockets.length > before);
    return { peer, socket: sockets[before] as WebSocket };
  }

  test('it understands our frames of any size, in any split', async () => {
    const { peer, socket } = await connected();
    const heard: string[] = [];
    socket.on('message', (data: Buffer, binary) =>
      heard.push(`${binary} ${data.length} ${data.toString('base64').slice(0, 99)}`),
    );
    socket.on('ping', (data) => heard.push(`ping ${data.length}`));
    const expected: string[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(payload, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 5_000 }),
        async (bodies, split) => {
          const bytes = Buffer.concat([
            ...bodies.map((body) => clientFrame(Opcode.binary, body)),
            clientFrame(Opcode.ping, Buffer.alloc(split % 126)),
          ]);
          for (const body of bodies) expected.push(`true ${body.length} ${body.toString('base64').slice(0, 99)}`);
          expected.push(`ping ${split % 126}`);
          for (let at = 0; at < bytes.length; at += Math.max(split, bytes.length / 40)) {
            peer.socket.write(bytes.subarray(at, at + Math.max(split, bytes.length / 40)));
          }
          await until(() => heard.length === expected.length);
          expect(heard).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
    peer.socket.destroy();
  });

  test('we understand its messages of any size and fragmentation', async () => {
    const { peer, socket } = await connected();
    const expected: string[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(payload, fc.boolean()), { minLength: 1, maxLength: 5 }),
        fc.nat(3),
        async (bodies, parts) => {
          for (const [body, binary] of bodies) {
            const edge = Math.floor(body.length / (parts + 1));
            for (let part = 0; part < parts; part++) {
              socket.send(body.subarray(part * edge, (part + 1) * edge), { binary, fin: false });
            }
            socket.send(body.subarray(parts * edge), { binary, fin: true });
            expected.push(`${binary ? 'binary' : 'text'} ${body.toString('base64')}`);
            socket.ping('x');
            expected.push('ping eA==');
          }
          await until(() => peer.recorder.seen.length === expected.length);
          expect(peer.recorder.seen).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
    peer.socket.destroy();
  });

  test("both sides understand each other's close frame", async () => {
    const { peer, socket } = await connected();
    const closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
    peer.socket.write(clientFrame(Opcode.close, closePayload(4011)));
    expect(await closed).toBe(4011);
    await until(() => peer.recorder.seen.length > 0);
    expect(peer.recorder.seen).toEqual(['close 4011 ']);
    peer.socket.destroy();
    const other = await connected();
    other.socket.close(4012, 'gone');
    await until(() => other.peer.recorder.seen.length > 0);
    expect(other.peer.recorder.seen).toEqual(['close 4012 gone']);
    other.peer.socket.destroy();
  });
});

describe('the answer to the upgrade request', () => {
  const { accept } = upgradeRequest('localhost:1', '/', 'p');
  const good = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: keep-alive, Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    'Sec-WebSocket-Protocol: p',
  ];
  const judge = (lines: string[]): unknown => readUpgradeAnswer(Buffer.from(`${lines.join('\r\n')}\r\n\r\nrest`), accept, 'p');

  test('is accepted if it is complete, and its end is found', () => {
    expect(judge(good)).toEqual({ kind: 'upgraded', headBytes: good.join('\r\n').length + 4 });
  });
  test('is waited for while it is cut short', () => {
    expect(readUpgradeAnswer(Buffer.from(good.join('\r\n')), accept, 'p')).toEqual({ kind: 'partial' });
  });
  test('is refused with an Accept that belongs to another key', () => {
    const other = upgradeRequest('localhost:1', '/', 'p').accept;
    expect(judge([...good.slice(0, 3), `Sec-WebSocket-Accept: ${other}`, good[4] as string])).toMatchObject({
      kind: 'refused',
      status: 0,
    });
  });
  test('is refused without one of its headers, with an extension, and with another status', () => {
    for (let i = 1; i < good.length; i++) expect(judge(good.filter((_, at) => at !== i))).toMatchObject({ kind: 'refused' });
    expect(judge([...good, 'Sec-WebSocket-Extensions: permessage-deflate'])).toMatchObject({ kind: 'refused' });
    expect(judge(['HTTP/1.1 503 Busy', ...good.slice(1)])).toMatchObject({ kind: 'refused', status: 503 });
  });
  test('is not waited for without limit', () => {
    expect(readUpgradeAnswer(Buffer.alloc(9_000, 65), accept, 'p')).toMatchObject({ kind: 'refused' });
  });
});

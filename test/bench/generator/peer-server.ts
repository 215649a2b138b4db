/**
 * The least server that speaks the native protocol, raw and fast: it signs everybody in, acknowledges every SEND and delivers it
 * to its recipient, and keeps nothing. A process of its own, so that the generator is measured alone.
 *
 * It trusts its peer (whole headers, mask key zero, no fragments): it is a measuring weight, not a server.
 */
import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { CHALLENGE_BYTES, FrameReader, FrameType, FrameWriter, SUBPROTOCOL } from '../../../targets/protocol/frames.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CHALLENGE = Buffer.alloc(CHALLENGE_BYTES, 1);
const EMPTY = Buffer.alloc(0);
const BATCH_BYTES = 60_000;

interface Connection {
  readonly socket: Socket;
  upgraded: boolean;
  rest: Buffer;
  user: string | null;
  /** Made with the first frame to write. */
  out: FrameWriter | null;
  nextSeq: number;
  dirty: boolean;
}

const connections = new Map<string, Connection>();
let dirty: Connection[] = [];

function header(length: number): Buffer {
  if (length < 126) return Buffer.from([0x82, length]);
  if (length < 65_536) return Buffer.from([0x82, 126, length >>> 8, length & 0xff]);
  return Buffer.from([0x82, 127, 0, 0, 0, 0, length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff]);
}

function write(connection: Connection): void {
  const writer = connection.out;
  if (writer === null || writer.length === 0) return;
  const head = header(writer.length);
  const message = writer.take(head.length);
  head.copy(message);
  connection.socket.write(message);
}

function flush(): void {
  const now = dirty;
  dirty = [];
  for (const connection of now) {
    connection.dirty = false;
    write(connection);
  }
}

function writerFor(connection: Connection): FrameWriter {
  if (!connection.dirty) {
    connection.dirty = true;
    if (dirty.length === 0) setImmediate(flush);
    dirty.push(connection);
  }
  connection.out ??= new FrameWriter();
  if (connection.out.length > BATCH_BYTES) write(connection);
  return connection.out;
}

function userOf(token: string): string {
  return (JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()) as { sub: string }).sub;
}

function serve(connection: Connection, payload: Buffer): void {
  const reader = new FrameReader(payload);
  for (let frame = reader.next(); frame !== null; frame = reader.next()) {
    if (frame.type === FrameType.send) {
      writerFor(connection).ack(frame.id);
      const to = connections.get(frame.to);
      if (to !== undefined) {
        const from = connection.user as string;
        writerFor(to).deliver({ seq: to.nextSeq++, id: frame.id, sentAtMs: 1, again: false, from, payload: frame.payload });
      }
    } else if (frame.type === FrameType.hello) {
      connection.user = userOf(frame.token);
      connections.set(connection.user, connection);
      writerFor(connection).welcome({ epoch: 1, cursor: frame.cursor, maxFrameBytes: 65_536, window: 1_000, node: 'bench' });
      write(connection);
      // Most connections never write again: do not let each keep a buffer.
      connection.out = null;
    }
  }
}

function upgrade(connection: Connection, bytes: Buffer): void {
  const key = /Sec-WebSocket-Key: (\S+)/.exec(bytes.toString('latin1'))?.[1] ?? '';
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  connection.upgraded = true;
  connection.socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
  );
  writerFor(connection).challenge(CHALLENGE);
}

function read(connection: Connection, chunk: Buffer): void {
  if (!connection.upgraded) {
    upgrade(connection, chunk);
    return;
  }
  const bytes = connection.rest.length === 0 ? chunk : Buffer.concat([connection.rest, chunk]);
  let at = 0;
  while (bytes.length - at >= 6) {
    const short = (bytes[at + 1] as number) & 0x7f;
    const start = at + (short < 126 ? 6 : short === 126 ? 8 : 14);
    if (bytes.length < start) break;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
    if (bytes.length < start + length) break;
    if (((bytes[at] as number) & 0x0f) === 8) connection.socket.end();
    else serve(connection, bytes.subarray(start, start + length));
    at = start + length;
  }
  connection.rest = at === bytes.length ? EMPTY : Buffer.from(bytes.subarray(at));
}

const server = createServer({ noDelay: true }, (socket) => {
  const connection: Connection = { socket, upgraded: false, rest: EMPTY, user: null, out: null, nextSeq: 1, dirty: false };
  socket.on('data', (chunk) => read(connection, chunk as Buffer));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (connection.user !== null && connections.get(connection.user) === connection) connections.delete(connection.user);
  });
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => process.send?.((server.address() as { port: number }).port));
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});

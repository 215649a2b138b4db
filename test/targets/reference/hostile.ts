/**
 * Hostile byte sequences, as plain data, and how one is thrown at a node: everything in one write, then the end of our side.
 * What comes back is read to the end.
 */
import { connect } from 'node:net';
import fc from 'fast-check';
import { FrameType, FrameWriter, HEADER_BYTES, SUBPROTOCOL } from '../../../targets/protocol/frames.ts';
import { proofOf } from '../../../targets/protocol/token.ts';
import type { Credential, Endpoint } from '../../../targets/target.ts';

export type Hostile =
  /** Instead of the HTTP request. */
  | { readonly stage: 'request'; readonly bytes: Uint8Array }
  /** Instead of WebSocket frames. */
  | { readonly stage: 'websocket'; readonly bytes: Uint8Array }
  /** WebSocket messages instead of HELLO. */
  | { readonly stage: 'before-hello'; readonly messages: readonly Uint8Array[] }
  /** WebSocket messages of a client that signed in. */
  | { readonly stage: 'signed-in'; readonly messages: readonly Uint8Array[] };

/** A client that closes, by itself and with a private code, what it opened: the node answers with the same code. */
export const PRIVATE_CLOSE: Hostile = {
  stage: 'websocket',
  bytes: Uint8Array.of(0x88, 0x82, 0x6c, 0, 0, 0, 0x7c, 0),
};

/** How the node ended it. */
export interface Ending {
  /** Status of the HTTP answer, 0 when there was none. */
  readonly status: number;
  /** WebSocket close code, 0 when the node sent none. */
  readonly code: number;
}

const REQUEST = Buffer.from(
  `GET /letitcrash HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
  'latin1',
);
const MASK = [1, 2, 3, 4] as const;
const LIMIT_MS = 20_000;

const noise = fc.uint8Array({ maxLength: 64 });

const brokenRequest = fc.oneof(
  noise,
  // A good request with a piece cut out and noise put in its place.
  fc
    .tuple(fc.nat({ max: REQUEST.length }), fc.nat({ max: 12 }), fc.uint8Array({ maxLength: 8 }))
    .map(([at, cut, piece]) => Buffer.concat([REQUEST.subarray(0, at), piece, REQUEST.subarray(at + cut)])),
);

const frameTypes = fc.oneof(fc.constantFrom(...Object.values(FrameType)), fc.nat({ max: 255 }));
/** A header in front of anything: the announced length is right, or wrong by a little or by a lot. */
const framed = fc
  .tuple(
    frameTypes,
    fc.uint8Array({ maxLength: 48 }),
    fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 70_000 })),
  )
  .map(([type, body, wrongBy]) => {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(type * 0x1000000 + Math.max(0, body.length + wrongBy));
    return Buffer.concat([header, body]);
  });
/** Frames that can be read and have no business here. */
const misplaced = fc.tuple(fc.nat({ max: 6 }), fc.maxSafeNat(), fc.stringMatching(/^[a-z]{1,8}$/)).map(([kind, number, name]) => {
  const writer = new FrameWriter();
  switch (kind) {
    case 0:
      return writer.send(number, true, name, Buffer.from(name)).take();
    case 1:
      return writer.delivered(number).take();
    case 2:
      return writer.read(number).take();
    case 3:
      return writer.watch(name).take();
    case 4:
      return writer.hello(`${name}.${name}`, Buffer.alloc(32, number & 0xff), number).take();
    case 5:
      return writer
        .deliver({ seq: number, id: number, sentAtMs: number, again: true, from: name, payload: Buffer.from(name) })
        .take();
    default:
      return writer
        .ping(number & 0xffff)
        .bye()
        .take();
  }
});
const message = fc.oneof(
  noise,
  framed,
  misplaced,
  fc.array(fc.oneof(framed, misplaced), { maxLength: 3 }).map((all) => Buffer.concat(all)),
);

export const hostile: fc.Arbitrary<Hostile> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ stage: fc.constant('request' as const), bytes: brokenRequest }) },
  { weight: 4, arbitrary: fc.record({ stage: fc.constant('websocket' as const), bytes: noise }) },
  {
    weight: 8,
    arbitrary: fc.record({
      stage: fc.constant('before-hello' as const),
      messages: fc.array(message, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      stage: fc.constant('signed-in' as const),
      messages: fc.array(message, { minLength: 1, maxLength: 3 }),
    }),
  },
);

/**
 * The code of the first Close frame among the attacker's own frames, which the node echoes (RFC 6455, section 5.5.1); null where
 * it sends none. Only noise in place of frames can make one: whole messages are binary frames.
 */
export function ownCloseCode(one: Hostile): number | null {
  if (one.stage !== 'websocket') return null;
  const bytes = Buffer.from(one.bytes);
  let at = 0;
  while (bytes.length - at >= 2) {
    const second = bytes[at + 1] as number;
    let length = second & 0x7f;
    let mask = at + 2;
    if (length === 126) {
      if (bytes.length < at + 4) return null;
      length = bytes.readUInt16BE(at + 2);
      mask = at + 4;
    } else if (length === 127) return null;
    const body = mask + MASK.length;
    if ((second & 0x80) === 0 || bytes.length < body + length) return null;
    if (((bytes[at] as number) & 0x0f) === 8) return length < 2 ? null : bytes.readUInt16BE(body) ^ bytes.readUInt16BE(mask);
    at = body + length;
  }
  return null;
}

/** Throws one at a node. Rejects when the node does not end the connection in time. */
export function throwAt(endpoint: Endpoint, one: Hostile, credential: Credential): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: endpoint.host, port: endpoint.port });
    let answer: Buffer = Buffer.alloc(0);
    let attacked = false;
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the node did not end the connection within ${LIMIT_MS} ms`));
    }, LIMIT_MS);
    const attack = (bytes: readonly Uint8Array[]): void => {
      attacked = true;
      socket.end(Buffer.concat(bytes));
    };
    socket.on('connect', () => {
      if (one.stage === 'request') attack([one.bytes]);
      else if (one.stage === 'websocket') attack([REQUEST, one.bytes]);
      else if (one.stage === 'before-hello') attack([REQUEST, ...one.messages.map(masked)]);
      else socket.write(REQUEST);
    });
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (one.stage !== 'signed-in' || attacked) return;
      const frames = framesOf(answer);
      const challenge = frames.find((frame) => frame[0] === FrameType.challenge);
      if (challenge !== undefined && frames.length === 1) {
        const proof = proofOf(credential.secret, Buffer.from(challenge.subarray(HEADER_BYTES)));
        socket.write(masked(new FrameWriter().hello(credential.token, proof, 0).take()));
      } else if (frames.some((frame) => frame[0] === FrameType.welcome)) attack(one.messages.map(masked));
    });
    // A reset is an ending too: the node closed while bytes of ours were still coming.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(endingOf(answer));
    });
  });
}

function masked(body: Uint8Array): Buffer {
  const header = body.length < 126 ? 6 : 8;
  const out = Buffer.alloc(header + body.length);
  out[0] = 0x82;
  if (header === 6) out[1] = 0x80 | body.length;
  else {
    out[1] = 0x80 | 126;
    out.writeUInt16BE(body.length, 2);
  }
  out.set(MASK, header - 4);
  for (let i = 0; i < body.length; i++) out[header + i] = (body[i] as number) ^ (MASK[i & 3] as number);
  return out;
}

/** Bodies of the binary messages in what a node answered. */
function framesOf(answer: Buffer): Buffer[] {
  return [...webSocketFrames(answer)].filter(({ opcode }) => opcode === 2).map(({ body }) => body);
}

function endingOf(answer: Buffer): Ending {
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer.toString('latin1', 0, 13))?.[1];
  let code = 0;
  for (const { opcode, body } of webSocketFrames(answer)) if (opcode === 8 && body.length >= 2) code = body.readUInt16BE(0);
  return { status: Number(status ?? 0), code };
}

function* webSocketFrames(answer: Buffer): Generator<{ opcode: number; body: Buffer }> {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0 || !answer.toString('latin1', 0, 12).endsWith('101')) return;
  let at = end + 4;
  while (answer.length - at >= 2) {
    let length = (answer[at + 1] as number) & 0x7f;
    let body = at + 2;
    if (length === 126) {
      if (answer.length - at < 4) return;
      length = answer.readUInt16BE(at + 2);
      body = at + 4;
    }
    if (answer.length < body + length) return;
    yield { opcode: (answer[at] as number) & 0x0f, body: answer.subarray(body, body + length) };
    at = body + length;
  }
}

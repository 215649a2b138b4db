/**
 * The golden vectors of the native protocol: for each frame its fields and its bytes, worked out here by hand, field by field
 * after the tables of targets/protocol/README.md, and not by the codec they are to prove. Running this file writes
 * targets/protocol/golden-vectors.json; a test holds the file to it.
 */
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';

export interface GoldenFrame {
  readonly name: string;
  readonly hex: string;
  /** As FrameReader gives it; bytes as hex. */
  readonly frame: Readonly<Record<string, unknown>>;
}

export interface GoldenRefusal {
  readonly name: string;
  readonly hex: string;
  /** ErrorCode. */
  readonly code: number;
}

export interface GoldenToken {
  readonly name: string;
  readonly key: string;
  readonly claims: { readonly user: string; readonly device: string; readonly expiresAt: number; readonly tokenId: string };
  readonly token: string;
  readonly secret: string;
  readonly challenge: string;
  readonly proof: string;
}

export interface GoldenVectors {
  readonly protocol: string;
  readonly frames: readonly GoldenFrame[];
  readonly refused: readonly GoldenRefusal[];
  readonly tokens: readonly GoldenToken[];
}

const hex = (value: number | bigint, bytes: number): string => value.toString(16).padStart(bytes * 2, '0');
const u8 = (value: number): string => hex(value, 1);
const u16 = (value: number): string => hex(value, 2);
const u32 = (value: number): string => hex(value, 4);
const u64 = (value: number): string => hex(BigInt(value), 8);
const text = (value: string): string => Buffer.from(value, 'utf8').toString('hex');
const str8 = (value: string): string => u8(Buffer.byteLength(value)) + text(value);
const str16 = (value: string): string => u16(Buffer.byteLength(value)) + text(value);
const frame = (type: number, ...body: readonly string[]): string => {
  const joined = body.join('');
  return u8(type) + hex(joined.length / 2, 3) + joined;
};

const LARGEST = Number.MAX_SAFE_INTEGER;
const PROOF = '00112233445566778899aabbccddeeff'.repeat(2);
const CHALLENGE = '000102030405060708090a0b0c0d0e0f';
const TERMS = u64(41) + u32(262_144) + u32(2_048) + u32(120_000);
const LONGEST_NAME = 'n'.repeat(64);

function frames(): GoldenFrame[] {
  const of = (name: string, type: number, body: readonly string[], fields: Readonly<Record<string, unknown>>): GoldenFrame => ({
    name,
    hex: frame(type, ...body),
    frame: { type, ...fields },
  });
  return [
    of('HELLO', 0x01, [u8(1), str16('abc.def'), PROOF, u64(7)], { version: 1, token: 'abc.def', proof: PROOF, cursor: 7 }),
    of('HELLO of another version', 0x01, [u8(9), str16(''), PROOF, u64(0)], { version: 9, token: '', proof: PROOF, cursor: 0 }),
    of('HELLO of version 2', 0x01, [u8(2), str16('abc.def'), PROOF, u64(7), u64(LARGEST)], {
      version: 2,
      token: 'abc.def',
      proof: PROOF,
      cursor: 7,
      usedId: LARGEST,
    }),
    of('SEND', 0x02, [u64(1), u8(0), str8('ben'), text('hi')], { id: 1, receipts: false, to: 'ben', payload: text('hi') }),
    of('SEND with receipts, largest id, longest name, no payload', 0x02, [u64(LARGEST), u8(1), str8(LONGEST_NAME)], {
      id: LARGEST,
      receipts: true,
      to: LONGEST_NAME,
      payload: '',
    }),
    of('DELIVERED', 0x03, [u64(4_294_967_296)], { seq: 4_294_967_296 }),
    of('READ', 0x04, [u64(4_294_967_295)], { seq: 4_294_967_295 }),
    of('WATCH', 0x05, [str8('a.b_c@d:e-f')], { user: 'a.b_c@d:e-f' }),
    of('PING', 0x06, [u32(0xdeadbeef)], { nonce: 0xdeadbeef }),
    of('BYE', 0x07, [], {}),
    of('CHALLENGE', 0x80, [CHALLENGE], { challenge: CHALLENGE }),
    of('WELCOME', 0x81, [u64(3), u64(2), u32(65_536), u16(256), str8('n1')], {
      epoch: 3,
      cursor: 2,
      maxFrameBytes: 65_536,
      window: 256,
      node: 'n1',
    }),
    of('WELCOME of version 2', 0x81, [u64(3), u64(2), u32(65_536), u16(256), str8('n1'), TERMS], {
      epoch: 3,
      cursor: 2,
      maxFrameBytes: 65_536,
      window: 256,
      node: 'n1',
      terms: { highestId: 41, maxMessageBytes: 262_144, maxUnanswered: 2_048, idleMs: 120_000 },
    }),
    of('ACK', 0x82, [u64(LARGEST)], { id: LARGEST }),
    of('NACK', 0x83, [u64(5), u16(14), str8('mailbox full')], { id: 5, code: 14, reason: 'mailbox full' }),
    of('NACK without a reason', 0x83, [u64(5), u16(7), str8('')], { id: 5, code: 7, reason: '' }),
    of('NACK stale-id', 0x83, [u64(5), u16(18), str8('41')], { id: 5, code: 18, reason: '41' }),
    of('DELIVER', 0x84, [u64(9), u64(1), u64(1_600_000_000_000), u8(0), str8('anna'), text('\u00e9')], {
      seq: 9,
      id: 1,
      sentAtMs: 1_600_000_000_000,
      again: false,
      from: 'anna',
      payload: 'c3a9',
    }),
    of('DELIVER again', 0x84, [u64(9), u64(1), u64(0), u8(1), str8('a')], {
      seq: 9,
      id: 1,
      sentAtMs: 0,
      again: true,
      from: 'a',
      payload: '',
    }),
    of('RECEIPT delivered', 0x85, [u8(1), u64(8), str8('ben')], { kind: 1, id: 8, by: 'ben' }),
    of('RECEIPT read', 0x85, [u8(2), u64(8), str8('ben')], { kind: 2, id: 8, by: 'ben' }),
    of('PRESENCE online', 0x86, [u8(1), u64(0), str8('ben')], { online: true, lastSeenMs: 0, user: 'ben' }),
    of('PRESENCE offline', 0x86, [u8(0), u64(1_600_000_000_001), str8('ben')], {
      online: false,
      lastSeenMs: 1_600_000_000_001,
      user: 'ben',
    }),
    of('ERROR', 0x87, [u16(1), str8('caf\u00e9')], { code: 1, reason: 'caf\u00e9' }),
    of('ERROR moved', 0x87, [u16(17), str8('127.0.1.2:4711')], { code: 17, reason: '127.0.1.2:4711' }),
    of('PONG', 0x88, [u32(0)], { nonce: 0 }),
  ];
}

function refusals(): GoldenRefusal[] {
  const malformed = (name: string, bytes: string): GoldenRefusal => ({ name, hex: bytes, code: 1 });
  return [
    malformed('a header cut short', '0200'),
    malformed('a body cut short', '03000008000000'),
    malformed('an unknown type', frame(0x7f)),
    malformed('type 0', frame(0x00)),
    malformed('DELIVERED with a byte too many', frame(0x03, u64(1), '00')),
    malformed('DELIVERED with a byte too few', frame(0x03, '00000000000000')),
    malformed('an id above 2^53 - 1', frame(0x02, '0020000000000000', u8(0), str8('ben'))),
    malformed('SEND to an empty name', frame(0x02, u64(1), u8(0), str8(''))),
    malformed('SEND to a name of 65 bytes', frame(0x02, u64(1), u8(0), str8('n'.repeat(65)))),
    malformed('SEND to a name with a space', frame(0x02, u64(1), u8(0), str8('b n'))),
    malformed('SEND to a name that is not ASCII', frame(0x02, u64(1), u8(0), str8('b\u00e9n'))),
    malformed('SEND whose name is longer than the frame', frame(0x02, u64(1), u8(0), u8(9), text('ben'))),
    malformed('HELLO with a token longer than the frame', frame(0x01, u8(1), u16(500), PROOF, u64(0))),
    malformed('HELLO with a proof cut short', frame(0x01, u8(1), str16('a.b'), PROOF.slice(2), u64(0))),
    malformed('HELLO of version 1 with the field of version 2', frame(0x01, u8(1), str16('a.b'), PROOF, u64(0), u64(0))),
    malformed('HELLO of version 2 without its field', frame(0x01, u8(2), str16('a.b'), PROOF, u64(0))),
    malformed(
      'WELCOME whose terms are cut short',
      frame(0x81, u64(3), u64(2), u32(65_536), u16(256), str8('n1'), TERMS.slice(2)),
    ),
    malformed('PING of three bytes', frame(0x06, '000000')),
    malformed('BYE with a body', frame(0x07, '00')),
    malformed('a receipt of kind 3', frame(0x85, u8(3), u64(1), str8('a'))),
    { name: 'a frame above the limit of 64 KiB', hex: '02010001', code: 2 },
  ];
}

function tokens(): GoldenToken[] {
  const token = (name: string, key: string, user: string, device: string, expiresAt: number, tokenId: string): GoldenToken => {
    const mac = (message: string): Buffer => createHmac('sha256', Buffer.from(key, 'hex')).update(message).digest();
    const claims = Buffer.from(`{"sub":"${user}","dev":"${device}","exp":${expiresAt},"jti":"${tokenId}"}`).toString('base64url');
    const signed = `${claims}.${mac(claims).toString('base64url')}`;
    const secret = mac(`proof|${signed}`);
    const proof = createHmac('sha256', secret).update(Buffer.from(CHALLENGE, 'hex')).digest();
    return {
      name,
      key,
      claims: { user, device, expiresAt, tokenId },
      token: signed,
      secret: secret.toString('base64url'),
      challenge: CHALLENGE,
      proof: proof.toString('hex'),
    };
  };
  return [
    token('a usual one', '0b'.repeat(32), 'anna', 'd0', 2_000_000_000, 't1'),
    token('the longest names', 'ff'.repeat(32), LONGEST_NAME, 'd'.repeat(64), 4_102_444_800, '7f1c'),
  ];
}

export function goldenVectors(): GoldenVectors {
  return { protocol: 'letitcrash.1', frames: frames(), refused: refusals(), tokens: tokens() };
}

export const GOLDEN_FILE = new URL('../../../targets/protocol/golden-vectors.json', import.meta.url);

if (import.meta.main) writeFileSync(GOLDEN_FILE, `${JSON.stringify(goldenVectors(), null, 2)}\n`);

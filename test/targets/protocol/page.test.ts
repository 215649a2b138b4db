/** The page that clients are written from says what is so: frames by the golden vectors, codes and limits by the code. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType, NEWEST_VERSION, SUBPROTOCOL, VERSION } from '../../../targets/protocol/frames.ts';
import { MAX_TOKEN_CHARS } from '../../../targets/protocol/token.ts';
import { MAX_FRAGMENTS } from '../../../targets/reference/gateway/gateway.ts';
import { MAX_REQUEST_BYTES, PATH, parseRequest } from '../../../targets/reference/gateway/handshake.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../targets/reference/messaging/limits.ts';
import { MAX_UNREAD } from '../../../targets/reference/messaging/receiving.ts';
import { IDS_AHEAD } from '../../../targets/reference/messaging/used-ids.ts';
import { GOLDEN_FILE, type GoldenVectors } from './golden-vectors.ts';

const PAGE = readFileSync(new URL('../../../targets/protocol/README.md', import.meta.url), 'utf8');
/** In one line, so that a sentence is found however it is wrapped. */
const prose = PAGE.replaceAll(/\s+/g, ' ');
const golden = JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as GoldenVectors;

/** The rows of the table whose header has these first cells. */
function table(...header: string[]): string[][] {
  const lines = PAGE.split('\n');
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const tables: string[][] = [];
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('|') || header.some((name, index) => cells(line)[index] !== name)) continue;
    for (let next = at + 2; lines[next]?.startsWith('|'); next++) tables.push(cells(lines[next] as string));
  }
  if (tables.length === 0) throw new Error(`no table ${header.join(', ')} on the page`);
  return tables;
}

const FRAMES = table('type', 'name', 'body');
const number = (text: string): number => Number(text.replaceAll(',', ''));
const inDigits = (value: number): string => value.toLocaleString('en-US');
const camel = (name: string): string => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** Reads a body by the page's own words, "id:u64, flags:u8, ...": the values by name. */
function readBy(layout: string, body: Buffer): Map<string, number | string> {
  const values = new Map<string, number | string>();
  let at = 0;
  const take = (bytes: number): Buffer => {
    if (at + bytes > body.length) throw new Error(`${bytes} bytes at ${at} of ${body.length}`);
    at += bytes;
    return body.subarray(at - bytes, at);
  };
  const uint = (bytes: number): number => Number(BigInt(`0x${take(bytes).toString('hex')}`));
  for (const field of layout.split(', ').filter((one) => one !== '')) {
    // Version 1 ends where the frame does.
    if (at === body.length && at > 0 && !field.endsWith(':rest')) break;
    const [name = '', type = ''] = field.split(':');
    if (/^u\d+$/.test(type)) values.set(name, uint(Number(type.slice(1)) / 8));
    else if (/^str\d+$/.test(type)) values.set(name, take(uint(Number(type.slice(3)) / 8)).toString('utf8'));
    else if (/^\d+ bytes$/.test(type)) values.set(name, take(Number.parseInt(type, 10)).toString('hex'));
    else if (type === 'rest') values.set(name, take(body.length - at).toString('hex'));
    else throw new Error(`what is ${field}?`);
  }
  if (at !== body.length) throw new Error(`${body.length - at} bytes are left`);
  return values;
}

describe('the tables of frames', () => {
  test('name every type, and no others', () => {
    const page = FRAMES.map(([type, name]) => [camel((name as string).toLowerCase()), Number(type)]);
    expect(Object.fromEntries(page)).toEqual(FrameType);
    expect(page).toHaveLength(Object.keys(FrameType).length);
  });

  test.each(golden.frames)('read $name as its golden vector says', ({ hex, frame }) => {
    const bytes = Buffer.from(hex, 'hex');
    const [, , layout] = FRAMES.find(([type]) => Number(type) === bytes[0]) as string[];
    const values = readBy(layout as string, bytes.subarray(4));
    const { type: _, terms, receipts, again, maxFrameBytes: maxFrame, online, ...same } = frame as Record<string, unknown>;
    const { maxMessageBytes: maxMessage, ...others } = (terms ?? {}) as Record<string, unknown>;
    const flag = receipts ?? again;
    const expected = {
      ...same,
      ...others,
      ...(maxMessage === undefined ? {} : { maxMessage }),
      ...(maxFrame === undefined ? {} : { maxFrame }),
      ...(flag === undefined ? {} : { flags: Number(flag) }),
      ...(online === undefined ? {} : { online: Number(online) }),
    };
    expect(Object.fromEntries(values)).toEqual(expected);
  });

  test('say of each field of WELCOME what it means', () => {
    const [, , layout = ''] = FRAMES.find(([, name]) => name === 'WELCOME') as string[];
    expect(table('field', 'meaning').map(([field]) => field)).toEqual(
      layout.split(', ').map((field) => `\`${field.split(':')[0]}\``),
    );
  });
});

test('the table of errors has every code, by its name', () => {
  const page = table('code', 'name').map(([code, name]) => [camel(name as string), Number(code)]);
  expect(Object.fromEntries(page)).toEqual(ErrorCode);
  expect(page).toHaveLength(Object.keys(ErrorCode).length);
  expect(prose).toContain(`closes with WebSocket code ${CLOSE_CODE_BASE} + code`);
});

test('the table of limits has the default of every limit that a client of the protocol can meet', () => {
  const page = table('limit', 'default', 'setting').map(([, value, setting]) => [setting, number(value as string)]);
  const { maxResident: _, ...limits } = DEFAULT_LIMITS;
  expect(Object.fromEntries(page)).toEqual(Object.fromEntries(Object.entries(limits).filter(([key]) => !key.startsWith('http'))));
  const marked = table('limit').flatMap(([limit]) => /`(\w+)`/.exec(limit as string)?.[1] ?? []);
  expect(new Set(marked)).toEqual(new Set(['maxFrame', 'maxMessage', 'idleMs', 'window', 'maxUnanswered']));
});

test('the prose has the same numbers as the code', () => {
  const { windowBytes, redeliverMs, maxRedeliveries, handshakeMs, lingerMs, maxDevices, maxPendingReceipts } =
    DEFAULT_LIMITS satisfies Limits;
  for (const sentence of [
    `subprotocol \`${SUBPROTOCOL}\``,
    `GET ${PATH} HTTP/1.1`,
    `(\`${PATH}?redirected\`)`,
    `# The native wire protocol, version ${NEWEST_VERSION}`,
    `speak ${VERSION} and ${NEWEST_VERSION}.`,
    `at most ${MAX_FRAGMENTS} WebSocket fragments`,
    `a token has at most ${inDigits(MAX_TOKEN_CHARS)} characters`,
    `a request of more than ${inDigits(MAX_REQUEST_BYTES)} bytes`,
    `within ${handshakeMs / 1_000} s of connecting`,
    `and ${inDigits(windowBytes)} bytes are unacknowledged on a connection`,
    `Where nothing was acknowledged for ${redeliverMs / 1_000} s`,
    `after ${maxRedeliveries} times without progress`,
    `until ${lingerMs / 1_000} s after the last connection was lost`,
    `A user has at most ${maxDevices};`,
    `in order, ${inDigits(maxPendingReceipts)} at most`,
    `of the last ${inDigits(MAX_UNREAD)} messages that asked for receipts`,
    `up to ${inDigits(IDS_AHEAD)} above the highest`,
  ])
    expect(prose).toContain(sentence);
});

test('a DELIVER is longer than its SEND by at most as much as the page says', () => {
  const fixed = (name: string): number => {
    const [, , layout = ''] = FRAMES.find((row) => row[1] === name) as string[];
    return [...layout.matchAll(/:u(\d+)/g)].reduce((sum, [, bits]) => sum + Number(bits) / 8, 1);
  };
  const longestName = 64;
  const shortestName = 1;
  const longer = fixed('DELIVER') + longestName - fixed('SEND') - shortestName;
  expect(prose).toContain(`may be longer than \`maxFrame\`, by ${longer} bytes`);
});

test('the answers to a request are those of the table', () => {
  const statuses = new Set(table('answer', 'meaning').map(([status]) => Number(status)));
  for (const request of [
    '\x16',
    'POST / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    `GET ${PATH} HTTP/1.1\r\n\r\n`,
    'A'.repeat(9_000),
  ]) {
    const parsed = parseRequest(Buffer.from(request));
    expect(parsed.kind).toBe('refused');
    if (parsed.kind === 'refused') expect(statuses).toContain(parsed.status);
  }
});

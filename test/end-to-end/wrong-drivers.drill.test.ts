/**
 * Drivers with mistakes, under a real load on the chat server of test/example: whatever the mistake makes of the messages, the run is
 * invalid, the driver and the rule are named, and nothing is said against the server.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import type { DriverRule } from '../../harness/run/drivers/driver-rules.ts';
import { project } from '../harness/plan/own-server/project.ts';
import { Command } from './command.ts';

const EXAMPLE = fileURLToPath(new URL('../example', import.meta.url));
const PLAIN = pathToFileURL(fileURLToPath(new URL('../harness/run/drivers/plain-chat-driver.ts', import.meta.url))).href;
const SCENARIO = `name: mistaken
target: { use: ./chat-target.ts, durability: memory }
users: 12
load: { model: constant, rate: 60/s, payload: 100B, duration: 1s, warmUp: 0s, offline: 0%, churn: 0%/s, driver: ./mistaken.ts }
limits: { lag: 30s, drain: 6s, connect: 8s }
expect: { delivery: intact }
`;

/** Tests that run at the same time have no end of their own to clean up at. */
const cleanUps: (() => void)[] = [];

afterAll(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

interface Played {
  readonly result: Result | null;
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Most runs at a time: they wait for one another's drains and not for a processor. */
const AT_A_TIME = 3;
let free = AT_A_TIME;
const waiting: (() => void)[] = [];

async function play(driver: string, sets: readonly string[] = []): Promise<Played> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free -= 1;
  try {
    return await playNow(driver, sets);
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

async function playNow(driver: string, sets: readonly string[]): Promise<Played> {
  const folder = project({}, (cleanUp) => cleanUps.push(cleanUp));
  cpSync(EXAMPLE, folder, { recursive: true });
  writeFileSync(join(folder, 'mistaken.ts'), driver);
  writeFileSync(join(folder, 'mistaken.yaml'), SCENARIO);
  const out = join(folder, 'run');
  const command = new Command([
    'run',
    join(folder, 'mistaken.yaml'),
    '--out',
    out,
    '--seed',
    '7',
    ...sets.flatMap((set) => ['--set', set]),
  ]);
  const exitCode = await command.ended();
  const result = ((): Result | null => {
    try {
      return JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
    } catch {
      return null;
    }
  })();
  return { result, exitCode, stderr: `${command.stderr}${command.stdout}` };
}

const plain = (mistakes: string): string =>
  `import { plainChatDriver } from '${PLAIN}';\nexport const driver = plainChatDriver('mistaken', ${mistakes});`;

/** The helper's protocol with other members. */
const helped = (members: string): string => `import { webSocketDriver } from 'letitcrash/driver';
export const driver = webSocketDriver({
  name: 'mistaken',
  request: ({ credential }) => '/?name=' + credential.user,
  send: (id, to, payload) => JSON.stringify({ id, to, text: payload.toString('base64') }),
  receive(frame, heard) {
    const { type, id, from, text } = JSON.parse(frame.toString());
    if (type === 'sent') heard.acked(id);
    if (type === 'message') heard.delivered({ seq: null, id, from, payload: Buffer.from(text, 'base64') });
  },
  ${members}
});`;

const CHURN = ['load.churn=100%/s', 'load.away=300ms', 'load.duration=2s'];

/** Mistakes that do not hide one another share a run: a run takes seconds, and test/harness/run/drivers has each by itself. */
const MISTAKES: readonly (readonly [mistakes: string, rules: readonly DriverRule[], driver: string, sets?: readonly string[]])[] =
  [
    [
      'opens twice, and ends twice, first with a reason that is none, and goes on telling after that',
      ['opens-once', 'ends-once', 'ends-last', 'tells-types'],
      plain(`{ events: (right) => ({
        ...right,
        open(cursor) { right.open(cursor); right.open(cursor); },
        ended(end) { right.ended({ retry: 'soon' }); right.ended(end); right.receipt('read', 1, 'u1'); },
      }) }`),
      CHURN,
    ],
    [
      'tells of messages before it is open',
      ['opens-first'],
      plain(
        `{ events: (right) => ({ ...right, open(cursor) { setTimeout(() => right.open(cursor), 50); }, delivered: (...message) => right.delivered(...message) }) }`,
      ),
      CHURN,
    ],
    [
      'never says that a session ended',
      ['ends-when-asked'],
      plain('{ events: (right) => ({ ...right, ended() {} }) }'),
      ['load.churn=100%/s', 'load.away=300ms', 'load.duration=1s'],
    ],
    [
      'acknowledges within send(), does not say whether it sent, and refuses what it acknowledged',
      ['tells-later', 'answers', 'settles-once'],
      plain(`{
        session: (right) => ({ send(id, to, payload) { right.send(id, to, payload); right.events.acked(id); } }),
        events: (right) => ({ ...right, acked(id) { right.acked(id); right.refused(id, 1, 'no'); } }),
      }`),
    ],
    [
      'throws in send(), and in a listener of its own',
      ['throws-nothing'],
      plain(`{
        session: (right) => ({ send(id, to, payload) { if (id === 2) throw new Error('no'); return right.send(id, to, payload); } }),
        events: (right) => ({ ...right, delivered(...message) { right.delivered(...message); if (message[1] === 1) throw new Error('oh'); } }),
      }`),
    ],
    [
      'throws in a listener of its own alone',
      ['throws-nothing'],
      plain(
        `{ events: (right) => ({ ...right, delivered(...message) { right.delivered(...message); if (message[1] === 2) throw new Error('oh'); } }) }`,
      ),
    ],
    [
      'says that it sent and writes nothing',
      ['writes-what-it-takes'],
      plain('{ session: () => ({ send: () => true }) }'),
      ['limits.drain=2s'],
    ],
    [
      'writes the payload after send() returned, and gives every message the same number',
      ['payload-not-kept', 'numbers-rise'],
      plain(`{
        session: (right) => ({ send(id, to, payload) { setImmediate(() => right.write(id, to, payload.toString('base64'))); return true; } }),
        seq: () => 7,
      }`),
    ],
    [
      "encrypts the payload in place, and gives the sender's id for a number",
      ['payload-not-altered', 'numbers-rise'],
      plain(`{
        session: (right) => ({ send(id, to, payload) { for (let at = 0; at < payload.length; at++) payload[at] ^= 1; return right.send(id, to, payload); } }),
        seq: (_nth, _session, id) => id,
      }`),
    ],
    [
      'acknowledges what nobody sent, gives payloads as texts and numbers from zero',
      ['settles-what-was-sent', 'tells-types'],
      plain(`{
        events: (right) => ({
          ...right,
          acked: (id) => right.acked(id + 1_000),
          delivered: (seq, id, from, payload) => right.delivered(seq, id, from, id % 2 === 0 ? payload.toString() : payload, false),
        }),
        seq: (nth, { options }) => options.cursor + nth - 1,
      }`),
      ['limits.drain=2s'],
    ],
    [
      'numbers each connection from one',
      ['numbers-rise'],
      plain('{ seq: (nth) => nth }'),
      ['load.churn=100%/s', 'load.away=200ms', 'load.duration=3s'],
    ],
    [
      'sends bytes as if they were text, and hears in an async function',
      ['payload-stays-bytes', 'hears-at-once'],
      helped(`send: (id, to, payload) => JSON.stringify({ id, to, text: payload.toString() }),
  async receive(frame, heard) {
    const { type, id, from, text } = JSON.parse(frame.toString());
    if (type === 'sent') heard.acked(id);
    if (type === 'message') heard.delivered({ seq: null, id, from, payload: Buffer.from(text) });
  },`),
    ],
    [
      'sends bytes as if they were ASCII',
      ['payload-stays-bytes'],
      helped(`send: (id, to, payload) => JSON.stringify({ id, to, text: payload.toString('ascii') }),
  receive(frame, heard) {
    const { type, id, from, text } = JSON.parse(frame.toString());
    if (type === 'sent') heard.acked(id);
    if (type === 'message') heard.delivered({ seq: null, id, from, payload: Buffer.from(text, 'ascii') });
  },`),
    ],
    [
      'calls what is no function when it hears something',
      ['throws-nothing'],
      helped(`receive(frame, heard) {
    const { type, id } = JSON.parse(frame.toString());
    if (type === 'sent') heard.acknowledged(id);
  },`),
      ['limits.drain=2s'],
    ],
  ];

describe.concurrent('a driver that', () => {
  test.each(MISTAKES.map(([mistakes, rules, driver, sets = []]) => ({ mistakes, rules, driver, sets })))(
    '$mistakes makes the run invalid, by the rules $rules, and the server is not blamed',
    async ({ rules, driver, sets }) => {
      const { result, exitCode, stderr } = await play(driver, sets);
      expect(exitCode, stderr).toBe(5);
      expect(result?.verdict).toBe('invalid');
      const reasons = result?.reasons.join('\n') ?? '';
      for (const rule of rules) {
        const violation = result?.load.driverViolations.find((one) => one.rule === rule);
        expect(violation, `${rule} in ${JSON.stringify(result?.load.driverViolations)}`).toMatchObject({
          driver: 'mistaken (mistaken.ts)',
        });
        expect(violation?.count).toBeGreaterThan(0);
        expect(reasons).toContain(`the driver mistaken (mistaken.ts) broke the rule "${violation?.means}"`);
        // What only the ledger shows is told at the end, and cut to the width of the terminal.
        if (rule !== 'numbers-rise') expect(stderr).toContain(`(${rule})`);
      }
      for (const said of [reasons, stderr]) expect(said).not.toMatch(/\b(lost|damaged|corrupted|phantoms?|never delivered)\b/);
      expect(result?.latency.response).toBeNull();
    },
  );

  test('never opens a session is named, instead of a server that nobody could sign in to', async () => {
    const { exitCode, stderr } = await play(plain('{ events: (right) => ({ ...right, open() {} }) }'), ['limits.connect=20s']);
    expect(exitCode, stderr).toBe(5);
    expect(stderr).toMatch(/the driver mistaken \(mistaken\.ts\) broke the rule .*\(opens-in-time\)/);
  });

  test.each([
    ['on ws alone', plain('{}')],
    ['by the helper', helped('')],
  ])('keeps every rule, %s, is not blamed, and the server is judged', async (_how, driver) => {
    const { result, exitCode, stderr } = await play(driver);
    expect(result?.reasons, stderr).toEqual([]);
    expect(exitCode).toBe(0);
    expect(result?.load.driverViolations).toEqual([]);
  });

  test('makes a mistake is told so while the run goes on', async () => {
    const { stderr } = await play(
      plain('{ events: (right) => ({ ...right, acked(id) { right.acked(id); right.acked(id); } }) }'),
      ['load.duration=3s'],
    );
    expect(stderr.indexOf('(settles-once)')).toBeGreaterThan(-1);
    expect(stderr.indexOf('(settles-once)')).toBeLessThan(stderr.indexOf('Bringing everybody back'));
  });
});

/**
 * Drivers with one mistake each, under a real load on the chat server of test/example: whatever the mistake makes of the messages, the run is
 * invalid, the driver and the rule are named, and nothing is said against the server.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { DriverRule } from '../../harness/drivers/driver-rules.ts';
import type { Result } from '../../harness/result/result.ts';
import { project } from '../harness/own-server/project.ts';
import { Command } from './command.ts';

const EXAMPLE = fileURLToPath(new URL('../example', import.meta.url));
const PLAIN = pathToFileURL(fileURLToPath(new URL('../harness/drivers/plain-chat-driver.ts', import.meta.url))).href;
const SCENARIO = `name: mistaken
target: { use: ./chat-target.ts, durability: memory }
users: 12
load: { model: constant, rate: 60/s, payload: 100B, duration: 1s, warmUp: 0s, offline: 0%, churn: 0%/s, driver: ./mistaken.ts }
limits: { lag: 30s, drain: 6s, connect: 8s }
expect: { delivery: intact }
`;

interface Played {
  readonly result: Result | null;
  readonly exitCode: number | null;
  readonly stderr: string;
}

async function play(driver: string, sets: readonly string[] = []): Promise<Played> {
  const folder = project();
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

const MISTAKES: readonly (readonly [mistake: string, rule: DriverRule, driver: string, sets?: readonly string[]])[] = [
  [
    'opens twice',
    'opens-once',
    plain('{ events: (right) => ({ ...right, open(cursor) { right.open(cursor); right.open(cursor); } }) }'),
  ],
  [
    'tells of messages before it is open',
    'opens-first',
    plain(
      `{ events: (right) => ({ ...right, open(cursor) { setTimeout(() => right.open(cursor), 50); }, delivered: (...message) => right.delivered(...message) }) }`,
    ),
    ['load.churn=100%/s', 'load.away=300ms', 'load.duration=2s'],
  ],
  [
    'ends twice',
    'ends-once',
    plain('{ events: (right) => ({ ...right, ended(end) { right.ended(end); right.ended(end); } }) }'),
    ['load.churn=100%/s', 'load.away=300ms', 'load.duration=2s'],
  ],
  [
    'goes on telling after the end',
    'ends-last',
    plain(`{ events: (right) => ({ ...right, ended(end) { right.ended(end); right.receipt('read', 1, 'u1'); } }) }`),
    ['load.churn=100%/s', 'load.away=300ms', 'load.duration=2s'],
  ],
  [
    'never says that a session ended',
    'ends-when-asked',
    plain('{ events: (right) => ({ ...right, ended() {} }) }'),
    ['load.churn=100%/s', 'load.away=300ms', 'load.duration=1s'],
  ],
  [
    'acknowledges within send()',
    'tells-later',
    plain(
      '{ session: (right) => ({ send(id, to, payload) { const sent = right.send(id, to, payload); right.events.acked(id); return sent; } }) }',
    ),
  ],
  [
    'throws in send()',
    'throws-nothing',
    plain(
      `{ session: (right) => ({ send(id, to, payload) { if (id === 2) throw new Error('no'); return right.send(id, to, payload); } }) }`,
    ),
  ],
  [
    'throws in a listener of its own',
    'throws-nothing',
    plain(
      `{ events: (right) => ({ ...right, receipt() {}, delivered(...message) { right.delivered(...message); if (message[1] === 2) throw new Error('oh'); } }) }`,
    ),
  ],
  [
    'does not say whether it sent',
    'answers',
    plain('{ session: (right) => ({ send(id, to, payload) { right.send(id, to, payload); } }) }'),
  ],
  [
    'says that it sent and writes nothing',
    'writes-what-it-takes',
    plain('{ session: () => ({ send: () => true }) }'),
    ['limits.drain=2s'],
  ],
  [
    'writes the payload after send() returned',
    'payload-not-kept',
    plain(
      `{ session: (right) => ({ send(id, to, payload) { setImmediate(() => right.write(id, to, payload.toString('base64'))); return true; } }) }`,
    ),
  ],
  [
    'encrypts the payload in place',
    'payload-not-altered',
    plain(
      '{ session: (right) => ({ send(id, to, payload) { for (let at = 0; at < payload.length; at++) payload[at] ^= 1; return right.send(id, to, payload); } }) }',
    ),
  ],
  [
    'sends bytes as if they were text',
    'payload-stays-bytes',
    helped('send: (id, to, payload) => JSON.stringify({ id, to, text: payload.toString() }),'),
  ],
  [
    'acknowledges what nobody sent',
    'settles-what-was-sent',
    plain('{ events: (right) => ({ ...right, acked: (id) => right.acked(id + 1_000) }) }'),
    ['limits.drain=2s'],
  ],
  [
    'acknowledges twice',
    'settles-once',
    plain('{ events: (right) => ({ ...right, acked(id) { right.acked(id); right.acked(id); } }) }'),
  ],
  [
    'acknowledges and refuses the same message',
    'settles-once',
    plain(`{ events: (right) => ({ ...right, acked(id) { right.acked(id); right.refused(id, 1, 'no'); } }) }`),
  ],
  [
    'gives ids as texts',
    'tells-types',
    plain('{ events: (right) => ({ ...right, acked: (id) => right.acked(String(id)) }) }'),
    ['limits.drain=2s'],
  ],
  [
    'gives payloads as texts',
    'tells-types',
    plain(
      '{ events: (right) => ({ ...right, delivered: (seq, id, from, payload) => right.delivered(seq, id, from, payload.toString(), false) }) }',
    ),
    ['limits.drain=2s'],
  ],
  ['numbers from zero', 'tells-types', plain('{ seq: (nth, { options }) => options.cursor + nth - 1 }'), ['limits.drain=2s']],
  [
    'ends with a reason that is none',
    'tells-types',
    plain('{ events: (right) => ({ ...right, ended: () => right.ended({ retry: "soon" }) }) }'),
    ['load.churn=100%/s', 'load.away=300ms', 'load.duration=2s'],
  ],
  [
    'numbers each connection from one',
    'numbers-rise',
    plain('{ seq: (nth) => nth }'),
    ['load.churn=100%/s', 'load.away=200ms', 'load.duration=3s'],
  ],
  ['gives every message the same number', 'numbers-rise', plain('{ seq: () => 7 }')],
  ["gives the sender's id for a number", 'numbers-rise', plain('{ seq: (_nth, _session, id) => id }')],
  [
    'hears in an async function',
    'hears-at-once',
    helped(`async receive(frame, heard) {
    const { type, id, from, text } = JSON.parse(frame.toString());
    if (type === 'sent') heard.acked(id);
    if (type === 'message') heard.delivered({ seq: null, id, from, payload: Buffer.from(text, 'base64') });
  },`),
  ],
  [
    'calls what is no function when it hears something',
    'throws-nothing',
    helped(`receive(frame, heard) {
    const { type, id } = JSON.parse(frame.toString());
    if (type === 'sent') heard.acknowledged(id);
  },`),
    ['limits.drain=2s'],
  ],
];

describe('a driver that', () => {
  test.each(MISTAKES.map(([mistake, rule, driver, sets = []]) => ({ mistake, rule, driver, sets })))(
    '$mistake makes the run invalid, by the rule $rule, and the server is not blamed',
    {
      timeout: 60_000,
    },
    async ({ rule, driver, sets }) => {
      const { result, exitCode, stderr } = await play(driver, sets);
      expect(exitCode, stderr).toBe(5);
      expect(result?.verdict).toBe('invalid');
      const violation = result?.load.driverViolations.find((one) => one.rule === rule);
      expect(violation, JSON.stringify(result?.load.driverViolations)).toMatchObject({ driver: 'mistaken (mistaken.ts)' });
      expect(violation?.count).toBeGreaterThan(0);
      const reasons = result?.reasons.join('\n') ?? '';
      expect(reasons).toContain(`the driver mistaken (mistaken.ts) broke the rule "${violation?.means}"`);
      for (const said of [reasons, stderr]) expect(said).not.toMatch(/\b(lost|damaged|corrupted|phantoms?|never delivered)\b/);
      expect(result?.latency.response).toBeNull();
    },
  );
});

test('a driver that never opens is named instead of a server that nobody could sign in to', { timeout: 60_000 }, async () => {
  const { exitCode, stderr } = await play(plain('{ events: (right) => ({ ...right, open() {} }) }'), ['limits.connect=20s']);
  expect(exitCode, stderr).toBe(5);
  expect(stderr).toMatch(/the driver mistaken \(mistaken\.ts\) broke the rule .*\(opens-in-time\)/);
});

test.each([
  ['on ws alone', plain('{}')],
  ['by the helper', helped('')],
])(
  'a driver that keeps every rule, %s, is held to nothing, and the server answers for itself',
  {
    timeout: 60_000,
  },
  async (_how, driver) => {
    const { result, exitCode, stderr } = await play(driver);
    expect(result?.reasons, stderr).toEqual([]);
    expect(exitCode).toBe(0);
    expect(result?.load.driverViolations).toEqual([]);
  },
);

test('a mistake is told while the run goes on', { timeout: 60_000 }, async () => {
  const { stderr } = await play(plain('{ events: (right) => ({ ...right, acked(id) { right.acked(id); right.acked(id); } }) }'), [
    'load.duration=3s',
  ]);
  expect(stderr.indexOf('(settles-once)')).toBeGreaterThan(-1);
  expect(stderr.indexOf('(settles-once)')).toBeLessThan(stderr.indexOf('Bringing everybody back'));
});

/** New code for a node that serves: by its control plane, under traffic, back again, and when it cannot be. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UpgradeReport } from '../../../targets/target.ts';
import { until } from '../../until.ts';
import { type LocalNode, localNode } from './local-node.ts';
import type { TestClient } from './test-client.ts';

interface Answer extends UpgradeReport {
  readonly error?: string;
  readonly pid?: string | null;
}

interface Modules {
  readonly release: string;
  readonly modules: readonly {
    readonly name: string;
    readonly current: string;
    readonly old: string | null;
    readonly processesOnCurrent: number;
    readonly processesOnOld: number;
  }[];
}

interface Crash {
  readonly pid: string;
  readonly state: unknown;
}

const USERS = 20;
/** More than release 1.4 can translate. */
const ENOUGH = 20;

let server: LocalNode;
let clients: readonly TestClient[];
beforeEach(async () => {
  server = await localNode();
  clients = await Promise.all(Array.from({ length: USERS }, (_, i) => server.client(`u${i}`)));
});
afterEach(() => server.stop());

async function upgrade(release: string): Promise<Answer> {
  return JSON.parse((await server.ask('POST', '/upgrade', { release })).text) as Answer;
}

async function user(): Promise<Modules['modules'][number] | undefined> {
  const { modules } = JSON.parse((await server.ask('GET', '/modules')).text) as Modules;
  return modules.find(({ name }) => name === 'user');
}

/** Everybody sends `count` messages to the next one, from `id` on, and acknowledges what comes. */
function say(id: number, count: number): void {
  for (const [i, client] of clients.entries())
    for (let n = 0; n < count; n++) client.send(id + n, `u${(i + 1) % USERS}`, `${id + n}`);
}

async function heard(upTo: number): Promise<void> {
  const all = Array.from({ length: upTo }, (_, i) => String(i + 1));
  for (const client of clients) {
    await client.until(() => client.acks.length >= upTo && client.texts.length >= upTo, `${upTo} messages`);
    expect(client.acks).toEqual(all.map(Number));
    expect(client.texts).toEqual(all);
    expect(client.closeCode).toBe(null);
    const { lastSeq } = client;
    client.write((writer) => writer.delivered(lastSeq));
  }
}

/** What the code of the moment counted of a user: a crash report shows it. */
async function countedBy(name: string): Promise<unknown> {
  const resident = server.node.directory.find(name);
  if (resident === undefined) throw new Error(`${name} has no process`);
  const pid = resident.pid.toString();
  server.node.runtime.send(resident.pid, { type: 'chaos', act: 'crash' });
  let state: unknown = null;
  await until(async () => {
    const { crashes } = JSON.parse((await server.ask('GET', '/crashes')).text) as { crashes: readonly Crash[] };
    state = crashes.find((crash) => crash.pid === pid)?.state ?? null;
    return state !== null;
  }, `the crash of ${name} is reported`);
  return (state as { readonly data: unknown }).data;
}

test('three releases, under traffic: every process migrates, no connection drops, no message is lost', async () => {
  let id = 1;
  for (const release of ['1.1', '1.2', '1.3']) {
    say(id, ENOUGH);
    const upgrading = upgrade(release);
    say(id + ENOUGH, ENOUGH);
    expect(await upgrading).toMatchObject({ outcome: 'upgraded', release, migrated: USERS, leftOnOld: 0, reason: null });
    id += 2 * ENOUGH;
    await heard(id - 1);
    expect(await user()).toMatchObject({ current: release, processesOnCurrent: USERS, processesOnOld: 0 });
  }
});

test('counts survive the change of their shape, forwards and back', async () => {
  await upgrade('1.1');
  say(1, 3);
  await heard(3);
  await upgrade('1.3');
  say(4, 2);
  await heard(5);
  const traffic = { messages: 2, bytes: 2 };
  expect(await countedBy('u0')).toMatchObject({
    sent: { messages: 5, bytes: 2 },
    received: { earlier: { messages: 3, bytes: 0 }, online: traffic, away: { messages: 0, bytes: 0 } },
  });
  expect(await upgrade('1.2')).toMatchObject({ outcome: 'upgraded', migrated: USERS - 1 });
  expect(await countedBy('u1')).toMatchObject({ sent: { messages: 5, bytes: 2 }, received: { messages: 5, bytes: 2 } });
  expect(await upgrade('1.0')).toMatchObject({ outcome: 'upgraded', migrated: USERS - 2 });
  const state = await countedBy('u2');
  expect(state).toMatchObject({ user: 'u2', outlets: 1 });
  expect(state).not.toHaveProperty('sent');
});

test('a release that cannot translate some processes changes none, and names one', async () => {
  await upgrade('1.3');
  say(1, ENOUGH);
  await heard(ENOUGH);
  const newcomer = await server.client('newcomer');
  const failed = await upgrade('1.4');
  expect(failed).toMatchObject({ outcome: 'kept-old-code', migrated: 0, leftOnOld: USERS + 1 });
  expect(failed.reason).toMatch(/^RangeError: \d+ messages do not fit into four bits$/);
  expect(failed.pid).toMatch(/^<n1\./);
  expect(await user()).toMatchObject({ current: '1.3', processesOnCurrent: USERS + 1, processesOnOld: 0 });
  say(ENOUGH + 1, ENOUGH);
  await heard(2 * ENOUGH);
  await newcomer.bye();
});

test('a process that starts after an upgrade runs the new code', async () => {
  await upgrade('1.2');
  const late = await server.client('late');
  expect(await user()).toMatchObject({ current: '1.2', processesOnCurrent: USERS + 1 });
  await late.bye();
});

test('old code stays available for a rollback until it is purged', async () => {
  await upgrade('1.1');
  expect(await user()).toMatchObject({ current: '1.1', old: '1.0' });
  expect((await server.ask('POST', '/purge', { module: 'user' })).status).toBe(200);
  expect(await user()).toMatchObject({ current: '1.1', old: null });
  expect(await upgrade('1.0')).toMatchObject({ outcome: 'upgraded', migrated: USERS });
});

test('a release that is already running, or that does not exist, is refused', async () => {
  expect(await upgrade('1.0')).toMatchObject({ outcome: 'kept-old-code', reason: 'release 1.0 is already running' });
  expect(await upgrade('9.9')).toEqual({ error: 'release: "9.9" is none of 1.0, 1.1, 1.2, 1.3, 1.4' });
});

test('two upgrades at once are one upgrade and one refusal', async () => {
  const outcomes = await Promise.all([upgrade('1.1'), upgrade('1.2')]);
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['kept-old-code', 'upgraded']);
  expect(outcomes.map(({ reason }) => reason)).toContain('another upgrade is under way');
});

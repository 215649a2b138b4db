/** What happens when processes are made to fail on purpose, on a live node. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType } from '../../../targets/protocol/frames.ts';
import type { Pid } from '../../../targets/reference/runtime/index.ts';
import type { CrashReport, ProcessChaos } from '../../../targets/target.ts';
import { until } from '../../until.ts';
import { type Deployed, deploy } from './deployed.ts';
import { type LocalNode, localNode } from './local-node.ts';
import { TestClient } from './test-client.ts';

let server: Deployed;
let chaos: ProcessChaos;
beforeAll(async () => {
  server = await deploy({}, 'memory');
  chaos = server.deployment.chaos as ProcessChaos;
});
afterAll(() => server.stop());

test('a runaway process ends with reason runaway, its client is told to return, and nobody else notices', async () => {
  const victim = await server.client('victim');
  const anna = await server.client('anna');
  const process = await server.deployment.userProcess('victim');
  expect(await chaos.runAway('victim')).toBe(true);
  expect(await victim.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  const again = await server.client('victim');
  anna.send(1, 'victim', 'are you there?');
  await again.until(() => again.texts.length === 1, 'the message');
  expect(anna.closeCode).toBe(null);
  const report = (await chaos.crashReports()).find(({ reason }) => reason === 'runaway');
  expect(report).toEqual({ process: process.alive ? process.incarnation : '', behaviour: 'user', reason: 'runaway' });
  await Promise.all([again.bye(), anna.bye()]);
});

test('a node that ended one runaway after another, under load, has answered everybody and goes on serving', async () => {
  const rita = await server.client('rita');
  const ruth = await server.client('ruth');
  const runaways = async (): Promise<number> => (await chaos.crashReports()).filter(({ reason }) => reason === 'runaway').length;
  const before = await runaways();
  let sent = 0;
  const runners: TestClient[] = [];
  for (let round = 1; round <= 6; round++) {
    const runner = await server.client('runner');
    runners.push(runner);
    const spinning = chaos.runAway('runner');
    for (let i = 0; i < 10; i++) {
      rita.send(++sent, 'ruth', `${sent}`);
      rita.send(++sent, 'runner', `${sent}`);
    }
    expect(await spinning).toBe(true);
    expect(await runner.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  }
  const runner = await server.client('runner');
  await rita.until(() => new Set(rita.acks).size === sent, 'an answer to every message');
  await ruth.until(() => new Set(ruth.texts).size === sent / 2, 'all that was sent to ruth');
  runners.push(runner);
  const received = (): Set<string> => new Set(runners.flatMap(({ texts }) => texts));
  await runner.until(() => received().size === sent / 2, 'all that was sent to the runaway');
  expect((await runaways()) - before).toBe(6);
  expect([rita.closeCode, ruth.closeCode]).toEqual([null, null]);
  await Promise.all([rita.bye(), ruth.bye(), runner.bye()]);
});

test('a runaway cannot be caused in a user who does not exist', async () => {
  expect(await chaos.runAway('nobody')).toBe(false);
});

/** Crashes a named process once, and waits until it is back under another pid. */
async function crash(name: string): Promise<void> {
  const before = await chaos.namedProcess(name, 'n1');
  expect(before).not.toBe(null);
  expect(await chaos.poison(name, 'n1')).toBe(true);
  await until(async () => {
    const now = await chaos.namedProcess(name, 'n1');
    return now !== null && now !== before;
  }, `${name} is back`);
}

const gaveUp = ({ behaviour, reason }: CrashReport) => behaviour === 'supervisor' && reason === 'shutdown';

test('a crash loop of presence exceeds the intensity of its supervisor, ends there, and watchers are informed again', async () => {
  const anna = await server.client('anna');
  const bert = await server.client('bert');
  anna.write((writer) => writer.watch('bert'));
  await anna.until(() => anna.of(FrameType.presence).length > 0, 'PRESENCE');
  const told = anna.of(FrameType.presence).length;
  const sessions = await chaos.namedProcess('session supervisor', 'n1');
  const node = await chaos.namedProcess('node supervisor', 'n1');
  const supervisor = await chaos.namedProcess('presence supervisor', 'n1');
  for (let crashes = 0; crashes < 12; crashes++) await crash('presence');
  expect((await chaos.crashReports()).filter(gaveUp)).toHaveLength(2);
  expect(await chaos.namedProcess('presence supervisor', 'n1')).not.toBe(supervisor);
  expect(await chaos.namedProcess('session supervisor', 'n1')).toBe(sessions);
  expect(await chaos.namedProcess('node supervisor', 'n1')).toBe(node);
  await anna.until(() => anna.of(FrameType.presence).length > told, 'PRESENCE again');
  await bert.bye();
  await anna.until(() => anna.of(FrameType.presence).at(-1)?.online === false, 'PRESENCE offline');
  expect(anna.closeCode).toBe(null);
  await anna.bye();
});

test('after a crash of the registry no death of a user’s process goes unnoticed', async () => {
  const anna = await server.client('anna');
  await crash('registry');
  expect(await server.deployment.killUserProcess('anna')).toBe(true);
  expect(await anna.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
});

test('a crash of the listener closes no connection, and new clients can connect afterwards', async () => {
  const anna = await server.client('anna');
  await crash('listener');
  const bert = await server.client('bert');
  bert.send(1, 'anna', 'x');
  await anna.until(() => anna.texts.length === 1, 'the message');
  await Promise.all([anna.bye(), bert.bye()]);
});

test('only processes that take part in drills can be poisoned', async () => {
  await expect(chaos.poison('session supervisor', 'n1')).rejects.toThrow('takes no poison; it is a supervisor');
  expect(await chaos.poison('nobody', 'n1')).toBe(false);
});

test('a killed supervisor takes its children with it, and all of them return', async () => {
  const anna = await server.client('anna');
  const registry = await chaos.namedProcess('registry', 'n1');
  const before = await chaos.namedProcess('session supervisor', 'n1');
  const killed = await chaos.killNamed('session supervisor', 'n1');
  expect(killed?.pid).toBe(before);
  expect(killed?.below).toBeGreaterThan(0);
  expect(killed?.died).toBe(killed?.below);
  expect(await anna.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  const again = await server.client('anna');
  expect(await chaos.namedProcess('session supervisor', 'n1')).not.toBe(before);
  expect(await chaos.namedProcess('registry', 'n1')).toBe(registry);
  await again.bye();
});

test('nothing is killed if there is no such process, or no such node', async () => {
  expect(await chaos.killNamed('nobody', 'n1')).toBeNull();
  expect(await chaos.killNamed('registry', 'n7')).toBeNull();
  expect(await chaos.namedProcess('registry', 'n7')).toBeNull();
});

test('if the node supervisor cannot keep a child running, the node ends and starts again', async () => {
  const own = await deploy({}, 'commit');
  try {
    await until(async () => {
      await own.deployment.chaos?.poison('registry', 'n1');
      return own.node.state === 'dead';
    }, 'the node is dead');
    await own.node.restart();
    const anna = await own.client('anna');
    await anna.bye();
  } finally {
    await own.stop();
  }
});

test('a user who signs in while there is no session supervisor is told to return, and the node goes on', async () => {
  const plain = await localNode();
  const { runtime } = plain.node;
  const name = 'session supervisor';
  try {
    // The supervisor above gets no turn, so that the moment lasts.
    runtime.suspend(runtime.whereis('node supervisor') as Pid);
    runtime.exit(runtime.whereis(name) as Pid, 'kill');
    await until(async () => runtime.whereis(name) === undefined, 'it is gone');
    const early = new TestClient(plain.endpoint);
    await early.hello(plain.credential('anna'));
    expect(await early.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
    runtime.resume(runtime.whereis('node supervisor') as Pid);
    await until(async () => runtime.whereis(name) !== undefined, 'it is back');
    const anna = await plain.client('anna');
    await anna.bye();
  } finally {
    await plain.stop();
  }
});

test('a node without chaos in its configuration does not accept such a request', async () => {
  const plain: LocalNode = await localNode();
  try {
    const anna = await plain.client('anna');
    expect((await plain.ask('POST', '/chaos/run-away', { user: 'anna' })).status).toBe(404);
    expect((await plain.ask('POST', '/chaos/poison', { process: 'presence' })).status).toBe(404);
    expect((await plain.ask('POST', '/chaos/kill', { process: 'presence' })).status).toBe(404);
    await anna.bye();
  } finally {
    await plain.stop();
  }
});

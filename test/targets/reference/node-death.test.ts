/** The node dies, by SIGKILL and by SIGTERM, in the middle of traffic; and with the process that started it. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType } from '../../../targets/protocol/frames.ts';
import type { Durability } from '../../../targets/target.ts';
import { deploymentSpec } from '../deployment-spec.ts';
import { type Deployed, deploy } from './deployed.ts';
import type { TestClient } from './test-client.ts';

const USERS = 10;
const EACH = 400;

/** Everybody sends to the next, as fast as frames can be written, until the node goes away. */
async function traffic(server: Deployed, end: (clients: TestClient[]) => Promise<void>): Promise<Map<string, number[]>> {
  const clients = await Promise.all(Array.from({ length: USERS }, (_, i) => server.client(`u${i}`)));
  let under = true;
  const senders = clients.map(async (client, i) => {
    for (let id = 1; id <= EACH && under && client.closeCode === null; id++) {
      client.send(id, `u${(i + 1) % USERS}`, `u${i}:${id}`);
      if (id % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });
  await clients[0]?.until(() => (clients[0] as TestClient).acks.length > EACH / 4, 'a quarter of the ACKs');
  await end(clients);
  under = false;
  await Promise.all(senders);
  await Promise.all(clients.map((client) => client.closed()));
  return new Map(clients.map((client, i) => [`u${i}`, client.acks]));
}

/** Everybody comes back with nothing and reads everything that is there. */
async function delivered(server: Deployed, acked: Map<string, number[]>): Promise<void> {
  for (let i = 0; i < USERS; i++) {
    const sender = `u${(i + USERS - 1) % USERS}`;
    const expected = (acked.get(sender) ?? []).map((id) => `${sender}:${id}`);
    const client = await server.client(`u${i}`);
    const seen = new Set<string>();
    const read = (): boolean => {
      for (const text of client.texts) seen.add(text);
      if (client.lastSeq > 0) client.write((writer) => writer.delivered(client.lastSeq));
      client.frames.length = 0;
      return expected.every((text) => seen.has(text));
    };
    await client.until(read, `every one of ${expected.length} acknowledged messages`);
    await client.bye();
  }
}

test.each<Durability>(['fsync', 'commit'])(
  'SIGKILL in the middle of traffic loses nothing that was acknowledged, durability %s',
  async (durability) => {
    const server = await deploy({}, durability);
    const acked = await traffic(server, () => server.node.kill());
    expect(server.node.state).toBe('dead');
    expect(server.node.osPid).toBeNull();
    const { port } = server.node.endpoint;
    await server.node.restart();
    expect(server.node.endpoint.port).toBe(port);
    expect(server.node.incarnation).toBe(2);
    await delivered(server, acked);
    await server.stop();
  },
);

test('a node that leaves tells its clients, loses nothing, and exits with 0', async () => {
  const server = await deploy();
  const acked = await traffic(server, async (clients) => {
    const left = server.node.leave();
    await Promise.all(clients.map((client) => client.closed()));
    expect(new Set(clients.map(({ closeCode }) => closeCode))).toEqual(new Set([CLOSE_CODE_BASE + ErrorCode.draining]));
    for (const client of clients) expect(client.of(FrameType.error).map(({ code }) => code)).toEqual([ErrorCode.draining]);
    await left;
  });
  expect(server.node.state).toBe('dead');
  await server.node.restart();
  await delivered(server, acked);
  await server.stop();
});

test('if a user’s process is killed, its connections close with restarting, and its state is safe', async () => {
  const server = await deploy();
  const anna = await server.client('anna');
  const ben = await server.client('ben');
  anna.send(1, 'ben', 'one');
  await ben.until(() => ben.texts.length === 1, 'the message');
  const before = await server.deployment.userProcess('ben');
  expect(before.alive).toBe(true);
  expect(await server.deployment.killUserProcess('ben')).toBe(true);
  expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  anna.send(2, 'ben', 'two');
  await anna.until(() => anna.acks.length === 2, 'the ACK for a user who is being restarted');
  const again = await server.client('ben');
  await again.until(() => again.texts.length === 2, 'both messages');
  expect(again.texts).toEqual(['one', 'two']);
  const after = await server.deployment.userProcess('ben');
  expect(after.alive && before.alive && after.incarnation !== before.incarnation).toBe(true);
  expect(await server.deployment.killUserProcess('nobody')).toBe(false);
  expect(await server.deployment.userProcess('nobody')).toEqual({ alive: false });
  await server.stop();
});

test('a node ends with the process that started it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
  const script = join(directory, 'starter.ts');
  const target = new URL('../../../targets/reference/target.ts', import.meta.url).href;
  writeFileSync(
    script,
    `import { reference } from ${JSON.stringify(target)};
     const { nodes } = await reference.start(${JSON.stringify(deploymentSpec(directory, { durability: 'fsync' }))});
     process.send({ osPid: nodes[0].osPid });`,
  );
  const starter = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const { osPid } = await new Promise<{ osPid: number }>((resolve) =>
    starter.once('message', (message) => resolve(message as { osPid: number })),
  );
  expect(alive(osPid)).toBe(true);
  starter.kill('SIGKILL');
  await expect.poll(() => alive(osPid)).toBe(false);
  rmSync(directory, { recursive: true, force: true });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

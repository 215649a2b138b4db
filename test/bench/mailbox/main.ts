/**
 * Reading back a mailbox: one message, the most bytes and the most messages that the limits allow. The node is killed and started again
 * before each, so that its code is cold; then the owner signs in and takes everything, while somebody else's pings are timed. The time
 * to the first message and the memory are to depend on the window, not on the mailbox.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameType } from '../../../targets/protocol/frames.ts';
import { encodedBytes } from '../../../targets/reference/messaging/entry.ts';
import { DEFAULT_LIMITS } from '../../../targets/reference/messaging/limits.ts';
import { reference } from '../../../targets/reference/target.ts';
import type { DeployedNode, Deployment } from '../../../targets/target.ts';
import { TestClient } from '../../targets/reference/test-client.ts';

interface Shape {
  readonly what: string;
  readonly owner: string;
  readonly messages: number;
  readonly bytes: number;
}

const LARGE = 60_000;
const ENTRY_BYTES = encodedBytes({ sender: 'sender0/d0', from: 'sender0', payload: { length: LARGE } }, 0);
const SHAPES: readonly Shape[] = [
  { what: 'one message', owner: 'small', messages: 1, bytes: 100 },
  { what: 'most bytes', owner: 'large', messages: Math.floor(DEFAULT_LIMITS.maxMailboxBytes / ENTRY_BYTES), bytes: LARGE },
  { what: 'most messages', owner: 'many', messages: DEFAULT_LIMITS.maxMailbox, bytes: 100 },
];
const SENDERS = 8;
const PORTION = 32;
const PING_EVERY_MS = 2;
const MEBIBYTE = 1_048_576;

export async function mailboxBench(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'letitcrash-bench-'));
  const deployment = await reference.start({
    nodes: 1,
    durability: 'commit',
    dataDir: join(directory, 'data'),
    logDir: join(directory, 'logs'),
    deployment: 240,
    config: {},
    via: null,
    env: {},
  });
  try {
    for (const shape of SHAPES) await fill(deployment, shape);
    console.log('mailbox: cold code, then the owner takes everything');
    for (const shape of SHAPES) await readBack(deployment, shape);
  } finally {
    await deployment.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function fill(deployment: Deployment, { owner, messages, bytes }: Shape): Promise<void> {
  const { endpoint } = deployment.nodes[0] as DeployedNode;
  const payload = Buffer.alloc(bytes, 'x');
  const each = Math.ceil(messages / SENDERS);
  await Promise.all(
    Array.from({ length: SENDERS }, async (_, index) => {
      const count = Math.max(0, Math.min(each, messages - index * each));
      const sender = await TestClient.open(endpoint, deployment.credential(`sender${index}`, `to-${owner}`));
      for (let sent = 0; sent < count; ) {
        for (let i = 0; i < PORTION && sent < count; i++) {
          const id = ++sent;
          sender.write((writer) => writer.send(id, false, owner, payload));
        }
        await sender.until(() => sender.acks.length === sent, 'every ACK');
      }
      await sender.bye();
    }),
  );
}

async function readBack(deployment: Deployment, { what, owner, messages, bytes }: Shape): Promise<void> {
  const node = deployment.nodes[0] as DeployedNode;
  await node.kill();
  await node.restart();
  const bystander = await TestClient.open(node.endpoint, deployment.credential('bystander', 'd0'));
  const before = anonymousBytes(node);
  const pings = pinging(bystander, node);
  const beganMs = performance.now();
  const client = await TestClient.open(node.endpoint, deployment.credential(owner, 'd0'));
  const welcomeMs = performance.now() - beganMs;
  const first = client.frames.length;
  await client.until(() => client.frames.length > first || client.lastSeq > 0, 'the first message');
  const firstMs = performance.now() - beganMs;
  // Counted without looking at all of them each time, for the pings are timed in this process.
  const all = messages + client.frames.findIndex(({ type }) => type === FrameType.deliver);
  for (let seen = 0; seen < all; ) {
    await client.until(() => client.frames.length > seen, 'more messages');
    seen = client.frames.length;
    const last = client.frames[seen - 1];
    if (last?.type === FrameType.deliver) client.write((writer) => writer.delivered(last.seq));
  }
  const allMs = performance.now() - beganMs;
  const { worstMs, mostBytes } = await pings.stop();
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`.padStart(9);
  console.log(
    `  ${what.padEnd(14)} ${messages.toLocaleString('en').padStart(6)} x ${bytes.toLocaleString('en').padStart(6)} bytes:` +
      ` WELCOME ${ms(welcomeMs)}, first message ${ms(firstMs)}, all ${ms(allMs)};` +
      ` somebody else's ping at most ${ms(worstMs)}; memory +${Math.max(0, (mostBytes - before) / MEBIBYTE).toFixed(0)} MiB`,
  );
  await client.bye();
  await bystander.bye();
}

/** Pings until it is stopped, and looks at the node's memory meanwhile. */
function pinging(client: TestClient, node: DeployedNode): { stop(): Promise<{ worstMs: number; mostBytes: number }> } {
  let stopped = false;
  let [worstMs, mostBytes, nonce] = [0, 0, 0];
  const before = client.frames.length;
  const loop = async (): Promise<void> => {
    let pongs = 0;
    while (!stopped) {
      const sentMs = performance.now();
      nonce++;
      client.write((writer) => writer.ping(nonce));
      const expected = ++pongs + before;
      await client.until(() => client.frames.length >= expected, 'PONG');
      worstMs = Math.max(worstMs, performance.now() - sentMs);
      mostBytes = Math.max(mostBytes, anonymousBytes(node));
      await new Promise((resolve) => setTimeout(resolve, PING_EVERY_MS));
    }
  };
  const done = loop();
  return {
    async stop() {
      stopped = true;
      await done;
      return { worstMs, mostBytes };
    },
  };
}

/** Resident memory that is no file of the store's (Linux). */
function anonymousBytes({ osPid }: DeployedNode): number {
  const found = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${osPid}/status`, 'utf8'));
  if (found === null) throw new Error('no RssAnon in /proc');
  return Number(found[1]) * 1_024;
}

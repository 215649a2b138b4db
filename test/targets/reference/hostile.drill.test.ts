import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode } from '../../../targets/protocol/frames.ts';
import { deploy } from './deployed.ts';
import { type Ending, type Hostile, hostile, ownCloseCode, PRIVATE_CLOSE, throwAt } from './hostile.ts';
import type { TestClient } from './test-client.ts';

const ATTACKERS = 40;
const SEQUENCES_EACH = 2_500;
/** Between two messages of the users who have nothing to do with it. */
const CALM_MS = 25;
const CODES: ReadonlySet<number> = new Set([0, 1_000, ...Object.values(ErrorCode).map((code) => CLOSE_CODE_BASE + code)]);

/** Every stage is met, and the node ends each with a reason of the protocol, or with the attacker's own. */
function judge(one: Hostile, { status, code }: Ending): void {
  if (!CODES.has(code) && code !== ownCloseCode(one)) throw new Error(`close code ${code}`);
  if (one.stage === 'request') expect([0, 101, 400, 404, 405, 426, 431], `status ${status}`).toContain(status);
  else expect(status).toBe(101);
}

test('no sequence of bytes hurts the node or another user: 100,000 of them', { timeout: 300_000 }, async () => {
  const server = await deploy({ lingerMs: 100 }, 'memory');
  const { osPid } = server.node;
  const anna = await server.client('anna');
  const ben = await server.client('ben');
  const seed = Math.floor(Math.random() * 2 ** 31);
  let thrown = 0;
  const attacker = (index: number): Promise<void> => {
    const credential = server.deployment.credential(`mallory${index}`, 'd0');
    return fc.assert(
      fc.asyncProperty(hostile, async (one) => {
        judge(one, await throwAt(server.node.endpoint, one, credential));
        thrown++;
        if (server.node.osPid !== osPid) throw new Error('the node died');
      }),
      { numRuns: SEQUENCES_EACH, seed: seed + index, examples: [[PRIVATE_CLOSE]] },
    );
  };
  let over = false;
  const attack = Promise.all(Array.from({ length: ATTACKERS }, (_, index) => attacker(index))).finally(() => {
    over = true;
  });
  attack.catch(() => undefined);
  let id = 0;
  while (!over) {
    await conversation(anna, ben, ++id);
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
  }
  await attack;
  await conversation(anna, ben, ++id);
  expect(thrown).toBeGreaterThanOrEqual(ATTACKERS * SEQUENCES_EACH);
  expect(server.node.osPid).toBe(osPid);
  await expect.poll(async () => (await server.node.introspect())?.connections).toBe(2);
  await server.stop();
});

/** Two users who have nothing to do with it. */
async function conversation(anna: TestClient, ben: TestClient, id: number): Promise<void> {
  anna.send(id, 'ben', `m${id}`);
  await ben.until(() => ben.texts.at(-1) === `m${id}`, 'the message of another user');
  await anna.until(() => anna.acks.at(-1) === id, 'its ACK');
  ben.write((writer) => writer.delivered(ben.lastSeq));
  ben.frames.length = 0;
  anna.frames.length = 0;
}

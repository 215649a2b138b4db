import { afterAll, beforeAll, expect, test } from 'vitest';
import { FrameType } from '../../../targets/protocol/frames.ts';
import { type Deployed, deploy } from './deployed.ts';

let server: Deployed;
beforeAll(async () => {
  server = await deploy();
});
afterAll(() => server.stop());

test('a client signs in, sends, gets its ACK, and the receiver gets the message once', async () => {
  const anna = await server.client('anna');
  const ben = await server.client('ben');
  anna.send(1, 'ben', 'hello');
  anna.send(2, 'ben', 'again');
  await anna.until(() => anna.acks.length === 2, 'two ACKs');
  await ben.until(() => ben.texts.length === 2, 'two messages');
  expect(anna.acks).toEqual([1, 2]);
  expect(ben.texts).toEqual(['hello', 'again']);
  ben.write((writer) => writer.delivered(ben.lastSeq));
  await ben.bye();
  await anna.bye();
});

test('an unacknowledged message comes again after a reconnect, and an acknowledged one does not', async () => {
  const anna = await server.client('anna2');
  const ben = await server.client('ben2');
  for (const id of [1, 2, 3]) anna.send(id, 'ben2', `m${id}`);
  await ben.until(() => ben.texts.length === 3, 'three messages');
  const first = ben.of(FrameType.deliver)[0];
  ben.write((writer) => writer.delivered(first?.seq ?? 0));
  ben.abort();
  const again = await server.client('ben2', { cursor: first?.seq ?? 0 });
  await again.until(() => again.texts.length === 2, 'two messages');
  expect(again.texts).toEqual(['m2', 'm3']);
});

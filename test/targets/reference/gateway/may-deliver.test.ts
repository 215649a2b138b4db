/** Nothing is delivered by a node that finds that it may have lost the user. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType } from '../../../../targets/protocol/frames.ts';
import type { TestClient } from '../test-client.ts';
import { type LoneGateway, loneGateway } from './lone-gateway.ts';

let server: LoneGateway;
let anna: TestClient;
let ben: TestClient;
let mayDeliver: () => boolean;

beforeEach(async () => {
  mayDeliver = () => true;
  server = await loneGateway({ mayDeliver: () => mayDeliver() });
  anna = await server.client('anna');
  ben = await server.client('ben');
});
afterEach(() => server.stop());

test('if the answer is yes, everything arrives', async () => {
  anna.send(1, 'ben', 'hello');
  await ben.until(() => ben.texts.length === 1, 'the message');
});

test('if it is no, nobody gets a message, its receiver is told to return, and finds it then', async () => {
  mayDeliver = () => false;
  anna.send(1, 'ben', 'hello');
  expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  expect(ben.texts).toEqual([]);
  await anna.until(() => anna.acks.length === 1, 'the ACK, which is no delivery');
  mayDeliver = () => true;
  const again = await server.client('ben');
  await again.until(() => again.texts.length === 1, 'the message');
  expect(again.texts).toEqual(['hello']);
});

test('one no is enough, and the question is asked once in each turn', async () => {
  let asked = 0;
  mayDeliver = () => ++asked > 1;
  anna.write((writer) => writer.send(1, false, 'ben', Buffer.from('hello')).send(2, false, 'ben', Buffer.from('hello')));
  expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  expect(ben.texts).toEqual([]);
});

test('a message that is sent again counts as a delivery too', async () => {
  server.stop();
  server = await loneGateway({ mayDeliver: () => mayDeliver() }, { redeliverMs: 1_000 });
  anna = await server.client('anna');
  ben = await server.client('ben');
  anna.send(1, 'ben', 'hello');
  await ben.until(() => ben.texts.length === 1, 'the message');
  mayDeliver = () => false;
  expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  expect(ben.of(FrameType.deliver).map(({ again }) => again)).toEqual([false]);
});

test('a connection that is closed while the application decides affects no other, and the others get their messages', async () => {
  const carol = await server.client('carol');
  let evicted = false;
  mayDeliver = () => {
    const resident = server.directory.find('ben');
    if (resident !== undefined) evicted = server.directory.bury(resident, 'taken');
    return true;
  };
  anna.write((writer) => writer.send(1, false, 'ben', Buffer.from('hello')).send(2, false, 'carol', Buffer.from('hello')));
  expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.restarting);
  await carol.until(() => carol.texts.length === 1, 'the message');
  expect([evicted, ben.texts]).toEqual([true, []]);
});

test('a connection that is closed for another reason asks before its last deliveries', async () => {
  const connection = server.directory.find('ben')?.connections[0];
  let asked = 0;
  mayDeliver = () => {
    asked++;
    return false;
  };
  const entry = { value: Buffer.from([FrameType.deliver, 0, 0, 0]), frameAt: 0 };
  connection?.deliver(entry as unknown as Parameters<typeof connection.deliver>[0], false);
  connection?.close(ErrorCode.idle, 'enough');
  expect(asked).toBe(1);
  expect(await ben.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.idle);
  expect(ben.of(FrameType.error)).toHaveLength(1);
  expect(ben.frames.filter((frame) => frame.type === FrameType.deliver)).toEqual([]);
});

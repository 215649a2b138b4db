/** Where a client is served is the application's to say, and the gateway's to tell. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionEnd } from '../../../../harness/contracts/driver.ts';
import { createDriver } from '../../../../harness/run/drivers/index.ts';
import { CLOSE_CODE_BASE, ErrorCode, FrameType } from '../../../../targets/protocol/frames.ts';
import type { Placement, Verdict } from '../../../../targets/reference/gateway/placement.ts';
import { TestClient } from '../test-client.ts';
import { type LoneGateway, loneGateway } from './lone-gateway.ts';

/** An application that says nothing before the test does. */
class Undecided implements Placement {
  readonly asked: { user: string; device: string; redirected: boolean; done: (verdict: Verdict) => void }[] = [];
  admit(user: string, device: string, redirected: boolean, done: (verdict: Verdict) => void): void {
    this.asked.push({ user, device, redirected, done });
  }
}

const ELSEWHERE: Verdict = { kind: 'elsewhere', host: '127.0.1.2', port: 4711 };
let placement: Undecided;
let server: LoneGateway;

beforeEach(async () => {
  placement = new Undecided();
  server = await loneGateway({ placement });
});
afterEach(() => server.stop());

/** A client that said HELLO, and of whom the application was asked. */
async function asking(path = server.endpoint.path): Promise<{ client: TestClient; done: (verdict: Verdict) => void }> {
  const before = placement.asked.length;
  const client = new TestClient({ ...server.endpoint, path });
  await client.hello(server.credential('anna'));
  await expect.poll(() => placement.asked.length).toBe(before + 1);
  return { client, done: placement.asked.at(-1)?.done as (verdict: Verdict) => void };
}

async function expectClose(client: TestClient, code: ErrorCode): Promise<void> {
  expect(await client.closed()).toBe(CLOSE_CODE_BASE + code);
  expect(server.counters.closes[code]).toBe(1);
}

test('a client that is served elsewhere is told where, and leaves no trace here', async () => {
  const { client, done } = await asking();
  done(ELSEWHERE);
  await expectClose(client, ErrorCode.moved);
  expect(client.of(FrameType.error)).toEqual([{ type: FrameType.error, code: 17, reason: '127.0.1.2:4711' }]);
  expect(client.of(FrameType.welcome)).toEqual([]);
  expect(server.directory.size).toBe(0);
});

test('a client that is served here is welcomed once the answer is there, and can send', async () => {
  const { client, done } = await asking();
  expect(server.directory.size).toBe(0);
  done({ kind: 'here' });
  await client.until(() => client.of(FrameType.welcome).length > 0, 'WELCOME');
  client.send(1, 'anna', 'to myself');
  await client.until(() => client.acks.length > 0, 'its ACK');
});

test('the driver of the load understands where it is sent', async () => {
  const end = new Promise<SessionEnd>((resolve) => {
    const deaf = { open() {}, acked() {}, refused() {}, delivered() {}, receipt() {}, ended: resolve };
    const options = {
      localAddress: null,
      handshakeTimeoutMs: 10_000,
      keepaliveMs: 10_000,
      redirected: true,
      cursor: 0,
      usedId: 0,
    };
    createDriver('native').connect({ endpoint: server.endpoint, credential: server.credential('anna'), ...options }, deaf);
  });
  await expect.poll(() => placement.asked.length).toBe(1);
  expect(placement.asked[0]?.redirected).toBe(true);
  placement.asked[0]?.done(ELSEWHERE);
  expect((await end).redirect).toEqual({ host: '127.0.1.2', port: 4_711 });
});

test('an answer counts once', async () => {
  const { client, done } = await asking();
  done({ kind: 'here' });
  done(ELSEWHERE);
  done({ kind: 'here' });
  await client.until(() => client.of(FrameType.welcome).length > 0, 'WELCOME');
  client.write((writer) => writer.ping(7));
  await client.until(() => client.of(FrameType.pong).length > 0, 'PONG');
  expect(client.of(FrameType.welcome)).toHaveLength(1);
  expect(server.counters.closes[ErrorCode.moved]).toBe(0);
});

test('an application that answers at once works as well', async () => {
  const prompt = await loneGateway({ placement: { admit: (_user, _device, _redirected, done) => done({ kind: 'here' }) } });
  const client = await prompt.client('anna');
  expect(client.of(FrameType.welcome)).toHaveLength(1);
  prompt.stop();
});

test('the application learns whether another node sent the client', async () => {
  await asking();
  await asking('/letitcrash?redirected');
  await asking('/letitcrash?anything');
  expect(placement.asked.map(({ user, device, redirected }) => [user, device, redirected])).toEqual([
    ['anna', 'd0', false],
    ['anna', 'd0', true],
    ['anna', 'd0', false],
  ]);
});

describe('while the application decides', () => {
  test('a frame is an error', async () => {
    const { client, done } = await asking();
    client.send(1, 'ben', 'too early');
    await expectClose(client, ErrorCode.unexpected);
    done({ kind: 'here' });
    expect(server.directory.size).toBe(0);
  });

  test('a second HELLO is an error', async () => {
    const { client } = await asking();
    await client.hello(server.credential('anna'));
    await expectClose(client, ErrorCode.unexpected);
  });

  test('a client that goes away is not signed in by the late answer', async () => {
    const { client, done } = await asking();
    client.abort();
    await expect.poll(() => server.gateway.connections).toBe(0);
    done({ kind: 'here' });
    expect(server.directory.size).toBe(0);
  });

  test('the time limit of the sign-in continues, and the late answer has no effect', async () => {
    server.stop();
    server = await loneGateway({ placement }, { handshakeMs: 2_000 });
    const { client, done } = await asking();
    await expectClose(client, ErrorCode.handshakeTimeout);
    expect(server.counters.bounds['handshake-time']).toBe(1);
    done({ kind: 'here' });
    expect(server.directory.size).toBe(0);
  });
});

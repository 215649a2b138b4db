/** Somebody waits for a process of the HTTP surface: whatever becomes of that process, the request is answered, and soon. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bearerOf } from '../../../../targets/protocol/token.ts';
import { type Pid, RuntimeError } from '../../../../targets/reference/runtime/index.ts';
import { type LocalNode, localNode } from '../local-node.ts';
import { type Answered, ask } from './http-client.ts';

/** Far below the 35 s after which an idle connection is cut, far above what any machine needs. */
const SOON_MS = 15_000;

let server: LocalNode;
const request = (path: string): Promise<Answered> =>
  ask(server.node.httpPort, path, {
    bearer: bearerOf(server.credential('anna')),
    signal: AbortSignal.timeout(SOON_MS),
  });

beforeEach(async () => {
  server = await localNode({ httpRequestMs: 5_000 });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server.stop();
});

/** The store answers nobody, and tells who asked. */
function silentStore(): Promise<Pid> {
  return new Promise((resolve) => {
    vi.spyOn(server.node.store, 'profile').mockImplementation((_user, to) => resolve(to));
  });
}

/** What the store gives makes the process do `act` while it works out the answer. */
function storeThat(act: () => void): void {
  const { store, runtime } = server.node;
  vi.spyOn(store, 'page').mockImplementation((_user, _after, _limit, to) => {
    const entry = {
      seq: 1,
      get value(): Buffer {
        act();
        return Buffer.alloc(0);
      },
    };
    runtime.send(to, { type: 'page', entries: [entry] });
  });
}

describe('a request is answered if its process', () => {
  test('is cut off while it computes the answer', async () => {
    storeThat(() => {
      for (;;);
    });
    const { status, body } = await request('/v1/conversations/ben/messages');
    expect({ status, type: body.type }).toEqual({ status: 500, type: 'urn:letitcrash:problem:failed' });
    expect(server.node.runtime.counters.runaways).toBe(1);
    vi.restoreAllMocks();
    expect((await request('/v1/conversations/ben/messages')).status).toBe(200);
  });

  test('crashes while it computes the answer', async () => {
    storeThat(() => {
      throw new Error('an entry that cannot be read');
    });
    const { status, body } = await request('/v1/conversations/ben/messages');
    expect({ status, type: body.type }).toEqual({ status: 500, type: 'urn:letitcrash:problem:failed' });
    expect(server.node.runtime.crashReports()).toMatchObject([{ behaviour: 'http question' }]);
  });

  test('is killed while it waits', async () => {
    const asker = silentStore();
    const answer = request('/v1/account');
    server.node.runtime.exit(await asker, 'kill');
    expect((await answer).status).toBe(500);
  });

  test('ends by itself without an answer', async () => {
    const asker = silentStore();
    const answer = request('/v1/account');
    server.node.runtime.exit(await asker, 'shutdown');
    expect((await answer).status).toBe(500);
  });

  test('never gets an answer from the store', async () => {
    await server.stop();
    server = await localNode({ httpRequestMs: 200 });
    void silentStore();
    expect((await request('/v1/account')).status).toBe(504);
  });

  test('asked a presence process that died of the question', async () => {
    const { runtime, store } = server.node;
    vi.spyOn(store, 'profile').mockImplementation((_user, to) => void runtime.exit(to, 'kill'));
    const { status, headers } = await request('/v1/presence/ben');
    expect({ status, again: headers.get('retry-after') }).toEqual({ status: 503, again: '1' });
  });

  test('still waits when the node has drained', async () => {
    const asker = silentStore();
    const answer = request('/v1/account');
    await asker;
    await server.node.drain();
    expect((await answer).status).toBe(503);
  });
});

test('a request for which no process can be started loses its answer, and does not end the node', async () => {
  vi.spyOn(server.node.runtime, 'spawn').mockImplementation(() => {
    throw new RuntimeError('system_limit', 'there are too many processes');
  });
  expect((await request('/v1/account')).status).toBe(500);
  vi.restoreAllMocks();
  expect((await request('/v1/account')).status).toBe(200);
});

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resetSocket } from '../../../../harness/run/drivers/reset-socket.ts';

let server: Server;
let near: Socket;
let far: Socket;
let heard: Promise<string>;

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  near = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, allowHalfOpen: true });
  near.on('error', () => {});
  [far] = await accepted;
  if (near.connecting) await once(near, 'connect');
  heard = new Promise((resolve) => {
    far.on('end', () => resolve('end'));
    far.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  far.resume();
});

afterEach(async () => {
  far.destroy();
  near.destroy();
  server.close();
  await once(server, 'close');
});

describe('resetSocket', () => {
  it('sends a RST and closes', async () => {
    const closed = once(near, 'close');
    resetSocket(near);
    await closed;
    expect(await heard).toBe('ECONNRESET');
  });

  it.each([
    ['its shutdown is under way', () => void near.end()],
    ['it is destroyed in the same turn', () => undefined],
    ['it was reset before', () => resetSocket(near)],
  ])('closes a socket also when %s', async (_, before) => {
    const closed = once(near, 'close');
    before();
    resetSocket(near);
    near.destroy();
    await closed;
    expect(await heard).toMatch(/end|ECONNRESET/);
  });
});

/** Each of the two witnesses alone, on a real connection: what the other would have seen is kept from it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readAgain, stopReading } from '../../../../../../harness/run/drivers/socket-reading.ts';
import { eventually } from '../../../../../../harness/run/faults/eventually.ts';
import type { FaultContext } from '../../../../../../harness/run/faults/fault.ts';
import { kernelSockets } from '../../../../../../harness/run/faults/kinds/client/kernel-sockets.ts';
import { UnreadWatch } from '../../../../../../harness/run/faults/kinds/client/unread-watch.ts';

/** What the kernel says is the kernel's, but for a socket that only a process which dies at the right moment leaves behind. */
vi.mock('../../../../../../harness/run/faults/kinds/client/kernel-sockets.ts', { spy: true });

const BYTES = 5_000;

let server: Server;
let peer: Socket;
let user: Socket;
let readSinceStruck: number;

beforeEach(async () => {
  readSinceStruck = 0;
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  user = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [peer] = (await once(server, 'connection')) as [Socket];
  for (const socket of [user, peer]) socket.on('error', () => undefined);
  if (user.connecting) await once(user, 'connect');
  stopReading(user);
  peer.write(Buffer.alloc(BYTES));
});

afterEach(() => {
  vi.mocked(kernelSockets).mockReset();
  user.destroy();
  peer.destroy();
  server.close();
});

/** A watch over the user's socket, of which the worker says that it took `readSinceStruck` bytes. */
async function watch(): Promise<UnreadWatch> {
  const { localAddress, localPort, remoteAddress, remotePort } = user;
  const ends = { local: `${localAddress}:${localPort}`, remote: `${remoteAddress}:${remotePort}` };
  const inode = (await kernelSockets()).get(`${ends.local} ${ends.remote}`)?.inode ?? 0;
  const userControl = { devices: 1, inspect: async () => [{ device: 0, ends, readSinceStruck }] };
  return new UnreadWatch({ asked: 1, hit: [{ device: 0, ends, inode }] } as never, { userControl } as unknown as FaultContext);
}

test('when nobody reads, both witnesses agree', async () => {
  const watching = await watch();
  expect(await watching.begin()).toEqual({ sockets: 1, bytes: BYTES, readOn: 0 });
  expect(await watching.end()).toEqual({ sockets: 1, bytes: BYTES, readOn: 0 });
});

test('watching begins when something is unread, and not before', async () => {
  let readBytes = 0;
  user.on('data', (data) => {
    readBytes += data.length;
  });
  readAgain(user);
  await eventually(
    async () => undefined,
    () => readBytes === BYTES,
    20_000,
  );
  stopReading(user);
  const watching = await watch();
  const begun = watching.begin();
  // The watch has looked at least once by then.
  for (let look = 0; look < 3; look++) await kernelSockets();
  peer.write(Buffer.alloc(BYTES));
  expect(await begun).toEqual({ sockets: 1, bytes: BYTES, readOn: 0 });
  await watching.end();
});

test('only the kernel notices that there are fewer unread bytes', async () => {
  const watching = await watch();
  await watching.begin();
  readAgain(user);
  let readBytes = 0;
  user.on('data', (data) => {
    readBytes += data.length;
  });
  await eventually(
    async () => undefined,
    () => readBytes === BYTES,
    20_000,
  );
  expect(await watching.end()).toMatchObject({ readOn: 1 });
});

test('only the worker notices bytes that went into a buffer of its own', async () => {
  const watching = await watch();
  await watching.begin();
  readSinceStruck = 100;
  expect(await watching.end()).toEqual({ sockets: 1, bytes: BYTES, readOn: 1 });
});

test('a socket that its process has closed does not count as read just because nothing is unread on it any more', async () => {
  const watching = await watch();
  await watching.begin();
  const { localAddress, localPort, remoteAddress, remotePort } = user;
  const key = `${localAddress}:${localPort} ${remoteAddress}:${remotePort}`;
  vi.mocked(kernelSockets).mockResolvedValue(new Map([[key, { state: 'other', unreadBytes: 0, inode: 0 }]]));
  expect(await watching.end()).toEqual({ sockets: 0, bytes: 0, readOn: 0 });
});

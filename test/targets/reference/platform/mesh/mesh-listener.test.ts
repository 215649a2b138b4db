import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { FramedSocket } from '../../../../../targets/reference/platform/real/mesh/framed-socket.ts';
import { greetAsDialler, type Refusal } from '../../../../../targets/reference/platform/real/mesh/greet.ts';
import { MeshListener } from '../../../../../targets/reference/platform/real/mesh/mesh-listener.ts';
import { until } from '../../../../until.ts';

const STRANGERS = 80;
const cookie = Buffer.alloc(32, 7);
const self = { name: 'b', creation: 1 };
const sockets: Socket[] = [];
let listener: MeshListener;
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener.close();
});

test('a node that proved itself and waits to become a member is not dropped for strangers that hold all places', async () => {
  const refused: Refusal[] = [];
  listener = new MeshListener({ self, cookie, greeted: () => undefined, refused: (why) => refused.push(why) });
  listener.open = true;
  const port = await listener.listen('127.0.0.1', 0);
  const come = (): Socket => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  const visitor = come();
  greetAsDialler(new FramedSocket(visitor), { self: { name: 'a', creation: 1 }, cookie }, self, {
    proved: () => undefined,
    refused: () => undefined,
  });
  await until(() => listener.provenPeers.length === 1);
  for (let i = 0; i < STRANGERS; i++) come();
  await until(() => refused.filter((why) => why === 'tooMany').length > 1);
  // A machine so slow that its time was up meanwhile shows nothing.
  expect(listener.provenPeers.length === 1 || refused.includes('tooSlow')).toBe(true);
});

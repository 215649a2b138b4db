import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WitnessedWrites } from '../../../../harness/run/drivers/witnessed-writes.ts';

let socket: Socket;
let close: () => void;
let seen: string[];
let writes: WitnessedWrites;
let nowMs: number;

beforeEach(async () => {
  const server = createServer((peer) => void peer.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  close = () => {
    socket.destroy();
    server.close();
  };
  seen = [];
  writes = new WitnessedWrites((example) => seen.push(example()));
  nowMs = 0;
});

afterEach(() => close());

const session = () => ({
  link: {
    local: `${socket.localAddress}:${socket.localPort}`,
    remote: `${socket.remoteAddress}:${socket.remotePort}`,
  },
});

/** A send that the driver says it took. */
function send(name: string, write: () => void): void {
  const witness = writes.before(session());
  write();
  if (witness !== null) writes.after(witness, () => name);
}

function look(times: number): void {
  for (let nth = 0; nth < times; nth++) {
    nowMs += 10;
    writes.look(nowMs);
  }
}

test('a send that wrote nothing is noticed, and one that wrote is not', () => {
  send('first', () => undefined);
  look(5);
  expect(seen).toEqual(['first']);
  for (let nth = 1; nth <= 16; nth++) send(`later ${nth}`, () => socket.write('x'));
  look(5);
  expect(seen).toEqual(['first']);
});

test('one send in sixteen is examined', () => {
  for (let nth = 0; nth < 33; nth++) send(`${nth}`, () => undefined);
  look(5);
  expect(seen).toEqual(['0', '16', '32']);
});

test('a write at the end of the turn is in time', () => {
  let flush = (): void => undefined;
  send('batched', () => {
    flush = () => void socket.write('x');
  });
  look(1);
  expect(seen).toEqual([]);
  flush();
  look(5);
  expect(seen).toEqual([]);
});

test('a connection that is gone is not examined any more', () => {
  send('gone', () => undefined);
  socket.destroy();
  look(5);
  expect(seen).toEqual([]);
});

test('a driver whose sockets are not in this process is not examined', () => {
  expect(writes.before({ link: null })).toBeNull();
  for (let nth = 1; nth < 16; nth++) writes.before(session());
  expect(writes.before({ link: { local: '192.0.2.1:1', remote: '192.0.2.2:2' } })).toBeNull();
});

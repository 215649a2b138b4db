/** One connection, on a socket that only counts. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { FramedSocket } from '../../../../../targets/reference/platform/real/mesh/framed-socket.ts';
import { Peer, type PeerEnd } from '../../../../../targets/reference/platform/real/mesh/peer.ts';
import { frameOf, SIGNAL, TICK } from '../../../../../targets/reference/platform/real/mesh/wire.ts';

class CountingSocket extends Duplex {
  /** System calls that a real one would make. */
  writes = 0;
  sent = Buffer.alloc(0);

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes++;
    this.sent = Buffer.concat([this.sent, chunk]);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.writes++;
    this.sent = Buffer.concat([this.sent, ...chunks.map(({ chunk }) => chunk)]);
    done();
  }

  setNoDelay(): void {}
}

function peerOnCounter() {
  const socket = new CountingSocket();
  const log: string[] = [];
  const peer = new Peer({ name: 'b', creation: 1 }, new FramedSocket(socket as unknown as Socket), 2 ** 20, {
    signal: (_, bytes) => log.push(`signal ${bytes}`),
    dirty: () => log.push('dirty'),
    gone: (_, why: PeerEnd) => log.push(why),
    drained: () => log.push('drained'),
  });
  return { socket, log, peer };
}

test('everything that waits leaves in one write, in order, however much it is', () => {
  const { socket, log, peer } = peerOnCounter();
  const signals = Array.from({ length: 2000 }, (_, i) => Buffer.alloc(100, i));
  for (const signal of signals) expect(peer.send(signal)).toBe(true);
  expect([socket.writes, log]).toEqual([0, ['dirty']]);
  peer.flush();
  peer.flush();
  expect(socket.writes).toBe(1);
  expect(socket.sent.equals(Buffer.concat(signals.map((signal) => frameOf(SIGNAL, signal))))).toBe(true);
  peer.send(Buffer.from('x'));
  expect(log).toEqual(['dirty', 'dirty']);
});

test('a buffer that was sent may be overwritten at once', () => {
  const { socket, peer } = peerOnCounter();
  const signal = Buffer.from('first');
  peer.send(signal);
  signal.fill(0);
  peer.flush();
  signal.fill(1);
  expect(socket.sent.subarray(-5).toString()).toBe('first');
});

test('a tick is sent behind what waits', () => {
  const { socket, peer } = peerOnCounter();
  peer.send(Buffer.from('x'));
  peer.tick(513);
  expect(socket.sent.equals(Buffer.concat([frameOf(SIGNAL, Buffer.from('x')), frameOf(TICK, Buffer.from([0, 0, 2, 1]))]))).toBe(
    true,
  );
});

test('a peer that sent nothing for four ticks is down, and any frame from it restarts its time', () => {
  const { socket, log, peer } = peerOnCounter();
  const word = frameOf(TICK, Buffer.alloc(4));
  socket.emit('data', word);
  for (let i = 0; i < 4; i++) peer.tick(0);
  socket.emit('data', word);
  for (let i = 0; i < 4; i++) peer.tick(0);
  expect(log).toEqual([]);
  peer.tick(0);
  expect(log).toEqual(['silent']);
});

test('frames split anywhere arrive whole; one of an unknown kind ends the connection, and nothing after it counts', () => {
  const stream = Buffer.concat([
    frameOf(SIGNAL, Buffer.from('one')),
    frameOf(TICK, Buffer.from([0, 1, 0, 0])),
    frameOf(SIGNAL, Buffer.alloc(0)),
    frameOf(SIGNAL, Buffer.from('two')),
    frameOf(99, Buffer.from('?')),
  ]);
  for (let cut = 1; cut < stream.length; cut++) {
    const { socket, log, peer } = peerOnCounter();
    socket.emit('data', stream.subarray(0, cut));
    socket.emit('data', stream.subarray(cut));
    expect(log).toEqual(['signal one', 'signal ', 'signal two', 'garbage']);
    expect(peer.load).toBe(65536);
  }
});

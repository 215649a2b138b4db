/** The mesh over real sockets on loopback: who is let in, what arrives, when a peer is down, what is left behind. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../../../../targets/owned-node.ts';
import { encodeGreeting, NONCE_BYTES } from '../../../../../targets/reference/platform/real/mesh/handshake.ts';
import { CHALLENGE, frameOf, HELLO, PROOF } from '../../../../../targets/reference/platform/real/mesh/wire.ts';
import { until } from '../../../../until.ts';
import { deploymentNumber } from '../../../deployment-spec.ts';
import { acquaint, gate, type Node, node, pair, send } from './nodes.ts';

describe('mesh', () => {
  test('nodes that know the cookie and each other are connected once, whichever comes first, and signals arrive in order', async () => {
    const [a, b] = await pair();
    for (let i = 0; i < 1000; i++) send(a, 'b', String(i));
    expect(send(b, 'a', 'hello')).toBe(true);
    await until(() => b.log.length === 1001 && a.log.length === 2);
    expect(b.log).toEqual(['up a.1', ...Array.from({ length: 1000 }, (_, i) => `a: ${i}`)]);
    expect(a.log).toEqual(['up b.1', 'b: hello']);
    expect([a.mesh.counters.connected, b.mesh.counters.connected]).toEqual([1, 1]);
  });

  test('signals of any size arrive whole: empty, and larger than many chunks', async () => {
    const [a, b] = await pair();
    const sizes = [0, 1, 70_000, 3_000_000, 5, 0];
    for (const size of sizes) send(a, 'b', 'x'.repeat(size));
    await until(() => b.log.length === 1 + sizes.length);
    expect(b.log.slice(1).map((line) => line.length - 3)).toEqual(sizes);
  });

  test.runIf(process.platform === 'linux')('a node dials from its own address', async () => {
    const b = await node('b');
    const between = await gate(() => b.mesh.port);
    const host = nodeHost(deploymentNumber(), 0);
    const a = await node('a', 1, { host, via: { b: { host: '127.0.0.1', port: between.port } } });
    acquaint(a, b);
    await until(() => a.log.length === 1);
    expect([...between.from]).toEqual([host]);
  });

  test('nothing is queued for a node that is not connected', async () => {
    const a = await node('a');
    expect(send(a, 'b', 'x')).toBe(false);
    expect(a.mesh.loadOf('b')).toBeNull();
  });

  test('a node that does not know the cookie is not let in, on either side', async () => {
    const a = await node('a', 1, { cookie: Buffer.alloc(32, 8) });
    const b = await node('b');
    acquaint(a, b);
    await until(() => b.mesh.counters.refused.wrongCookie >= 2);
    expect([...a.log, ...b.log]).toEqual([]);
  });

  test('a node that knows the cookie but is not a member waits until it is one', async () => {
    const a = await node('a');
    const b = await node('b');
    a.mesh.setMembers([{ name: 'b', creation: 1, host: '127.0.0.1', meshPort: b.mesh.port }]);
    a.mesh.setMembers([{ name: 'b', creation: 1, host: '127.0.0.1', meshPort: b.mesh.port }]);
    b.mesh.setMembers([{ name: 'a', creation: 2, host: '127.0.0.1', meshPort: a.mesh.port }]);
    expect(b.log).toEqual([]);
    b.mesh.setMembers([{ name: 'a', creation: 1, host: '127.0.0.1', meshPort: a.mesh.port }]);
    await until(() => a.log.length === 1 && b.log.length === 1);
  });

  test('a node that is no longer a member is disconnected', async () => {
    const [a, b] = await pair();
    b.mesh.setMembers([]);
    expect(b.log).toEqual(['up a.1', 'down a.1']);
    await until(() => a.log.length === 2);
    expect(a.mesh.connected).toEqual([]);
  });

  test('a new start of a node replaces the one before', async () => {
    const [a, b] = await pair();
    const again = await node('a', 2);
    acquaint(again, b);
    await until(() => b.log.length === 3 && a.log.length === 2);
    expect(b.log).toEqual(['up a.1', 'down a.1', 'up a.2']);
    expect(a.log).toEqual(['up b.1', 'down b.1']);
  });

  test('a peer that does not answer is down after the tick time, and is up again when it answers', async () => {
    const b = await node('b', 1, { tickMs: 200 });
    const between = await gate(() => b.mesh.port);
    const a = await node('a', 1, { tickMs: 200, via: { b: { host: '127.0.0.1', port: between.port } } });
    acquaint(a, b);
    await until(() => a.log.length === 1 && b.log.length === 1);
    between.halt();
    await until(() => a.log.length >= 2 && b.log.length >= 2);
    expect(a.log.slice(0, 2)).toEqual(['up b.1', 'down b.1']);
    expect(a.mesh.counters.silent + b.mesh.counters.silent).toBeGreaterThanOrEqual(1);
    between.open();
    await until(() => a.mesh.connected.length === 1 && b.mesh.connected.length === 1);
    send(a, 'b', 'again');
    await until(() => b.log.at(-1) === 'a: again');
  });

  test('a cut connection is down on both sides and dialled again', async () => {
    const b = await node('b');
    const between = await gate(() => b.mesh.port);
    const a = await node('a', 1, { via: { b: { host: '127.0.0.1', port: between.port } } });
    acquaint(a, b);
    await until(() => a.log.length === 1 && b.log.length === 1);
    between.cut();
    await until(() => a.log.length === 3 && b.log.length === 3);
    expect([a.log, b.log]).toEqual([
      ['up b.1', 'down b.1', 'up b.1'],
      ['up a.1', 'down a.1', 'up a.1'],
    ]);
    send(a, 'b', 'again');
    await until(() => b.log.at(-1) === 'a: again');
  });

  test('ticks report the load', async () => {
    let load = 3;
    const [a, b] = await pair({ tickMs: 40, load: () => load }, { tickMs: 60_000 });
    await until(() => b.mesh.loadOf('a') === 3 && a.mesh.loadOf('b') === 0);
    load = 70_000;
    await until(() => b.mesh.loadOf('a') === 70_000);
  });

  test('a queue that is not read makes the mesh congested, and at its limit ends the connection, outside of the send', async () => {
    const b = await node('b');
    const between = await gate(() => b.mesh.port);
    const a = await node('a', 1, { maxQueueBytes: 4 * 2 ** 20, via: { b: { host: '127.0.0.1', port: between.port } } });
    const congestion: boolean[] = [];
    a.mesh.onCongestion((congested) => congestion.push(congested));
    acquaint(a, b);
    await until(() => a.log.length === 1);
    const chunk = Buffer.alloc(64 * 1024);
    let sent = 0;
    while (a.mesh.send('b', chunk)) sent += chunk.length;
    expect(sent).toBeGreaterThan(3 * 2 ** 20);
    expect(sent).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(a.mesh.congested).toBe(true);
    expect(a.log).toEqual(['up b.1']);
    await until(() => a.log.length >= 2 && !a.mesh.congested);
    expect(a.log[1]).toBe('down b.1');
    expect(a.mesh.counters.overflow).toBe(1);
    expect(congestion.at(-1) ?? false).toBe(false);
  });

  test('congestion ends when the queue is read', async () => {
    const [a, b] = await pair({ maxQueueBytes: 4 * 2 ** 20 });
    const congestion: boolean[] = [];
    a.mesh.onCongestion((congested) => congestion.push(congested));
    for (let i = 0; i < 30; i++) a.mesh.send('b', Buffer.alloc(64 * 1024));
    expect(a.mesh.congested).toBe(true);
    await until(() => b.log.length === 31 && !a.mesh.congested);
    await until(() => congestion.length === 2);
    expect(congestion).toEqual([true, false]);
  });

  test('the listener proves itself too: a node that merely claims to know the cookie is not trusted', async () => {
    const pretender = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      // A greeting as it should be, and a proof made up.
      socket.write(frameOf(CHALLENGE, encodeGreeting({ name: 'b', creation: 1 }, Buffer.alloc(NONCE_BYTES))));
      socket.write(frameOf(PROOF, Buffer.alloc(32)));
    });
    pretender.listen(0, '127.0.0.1');
    await once(pretender, 'listening');
    const a = await node('a');
    const { port } = pretender.address() as { port: number };
    a.mesh.setMembers([{ name: 'b', creation: 1, host: '127.0.0.1', meshPort: port }]);
    await until(() => a.mesh.counters.refused.wrongCookie >= 2);
    expect(a.log).toEqual([]);
    await a.mesh.close();
    await new Promise((resolve) => pretender.close(resolve));
  });

  test('a member other than the one that was dialled is not accepted in its place', async () => {
    const a = await node('a');
    const c = await node('c');
    c.mesh.setMembers([{ name: 'a', creation: 1, host: '127.0.0.1', meshPort: a.mesh.port }]);
    a.mesh.setMembers([{ name: 'b', creation: 1, host: '127.0.0.1', meshPort: c.mesh.port }]);
    await until(() => a.mesh.counters.refused.stranger >= 2);
    expect([...a.log, ...c.log]).toEqual([]);
  });

  describe('strangers', () => {
    const strangers: Socket[] = [];
    const stranger = (port: number, bytes?: Buffer): void => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => {});
      if (bytes !== undefined) socket.write(bytes);
      strangers.push(socket);
    };
    const stillServes = async (a: Node, b: Node): Promise<void> => {
      send(a, 'b', 'still here');
      await until(() => b.log.at(-1) === 'a: still here');
      expect(b.mesh.connected).toEqual(['a']);
      for (const socket of strangers.splice(0)) socket.destroy();
    };

    test.each([
      ['zeroes', Buffer.alloc(2000)],
      ['a frame without end', Buffer.from([0x7f, 0xff, 0xff, 0xff, HELLO])],
      ['a frame too long for a handshake', Buffer.concat([Buffer.from([0, 0, 8, 0, HELLO]), Buffer.alloc(2048)])],
      ['another version', frameOf(HELLO, Buffer.alloc(60, 9))],
      ['another frame first', frameOf(PROOF, Buffer.alloc(32))],
      ['a request of another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
    ])('%s: refused, and everybody else is served', async (_, bytes) => {
      const [a, b] = await pair();
      stranger(b.mesh.port, bytes);
      await until(() => b.mesh.counters.refused.garbage === 1);
      await stillServes(a, b);
    });

    test('a made-up proof is refused', async () => {
      const [a, b] = await pair();
      const hello = frameOf(HELLO, encodeGreeting({ name: 'a', creation: 1 }, Buffer.alloc(NONCE_BYTES)));
      stranger(b.mesh.port, Buffer.concat([hello, frameOf(PROOF, Buffer.alloc(32))]));
      await until(() => b.mesh.counters.refused.wrongCookie === 1);
      await stillServes(a, b);
    });

    test('those that say nothing are dropped after a while, and so is the oldest of too many at once', async () => {
      const [a, b] = await pair();
      for (let i = 0; i < 100; i++) stranger(b.mesh.port);
      await until(() => b.mesh.counters.refused.tooMany > 0 && b.mesh.counters.refused.tooSlow > 0);
      await stillServes(a, b);
    });
  });

  test('close leaves nothing behind: the port is free, the peers know, and nothing dials', async () => {
    const [a, b] = await pair();
    send(b, 'a', 'goodbye');
    const { port } = b.mesh;
    await b.mesh.close();
    await until(() => a.log.at(-1) === 'down b.1');
    expect(a.log).toEqual(['up b.1', 'b: goodbye', 'down b.1']);
    expect(b.log).toEqual(['up a.1', 'down a.1']);
    const again = createServer();
    again.listen(port, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });
});

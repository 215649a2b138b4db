import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Effect, Imposition } from '../../../../../harness/run/faults/network/path-conditions.ts';
import { TcpProxy } from '../../../../../harness/run/faults/network/tcp-proxy.ts';
import { TokenBucket } from '../../../../../harness/run/faults/network/token-bucket.ts';
import { until } from '../../../../until.ts';
import { aWhile, dial, type End, Listener } from './sockets.ts';

let listener: Listener;
let proxy: TcpProxy;
let target: { host: string; port: number } | null;
const HOLD: Effect = { kind: 'hold' };
const delay = (delayMs: number, jitterMs = 0, random = () => 0.5): Effect => ({ kind: 'delay', delayMs, jitterMs, random });
const bandwidth = (bytesPerSecond: number): Effect => ({
  kind: 'bandwidth',
  bucket: new TokenBucket(bytesPerSecond, performance.now()),
});

beforeEach(async () => {
  listener = await Listener.listen();
  target = listener.target;
  proxy = await TcpProxy.listen({ host: '127.0.0.1', target: () => target, bindOwnAddress: false });
});
afterEach(async () => {
  await proxy.close();
  await listener.close();
});

/** A connection through the proxy that has carried a byte each way. */
async function pair(): Promise<{ near: End; far: End }> {
  const index = listener.ends.length;
  const near = await dial(proxy);
  near.socket.write('>');
  const far = await listener.end(index);
  far.socket.write('<');
  await until(() => near.text === '<' && far.text === '>', 'a byte each way');
  return { near, far };
}

describe('a path without faults', () => {
  it('carries bytes and half-closes both ways, and counts what it carried', async () => {
    const { near, far } = await pair();
    near.socket.end('request');
    await until(() => far.ended, 'the half-close');
    expect(far.text).toBe('>request');
    expect(near.closed).toBe(false);
    far.socket.end('answer');
    await until(() => near.closed && far.closed, 'the close');
    expect(near).toMatchObject({ text: '<answer', error: null });
    await until(() => proxy.counts.open === 0, 'the proxy to let go');
    expect(proxy.counts).toMatchObject({
      accepted: 1,
      opened: 1,
      forth: { readBytes: 8, deliveredBytes: 8 },
      back: { readBytes: 7, deliveredBytes: 7 },
    });
  });

  it('carries a reset from either side', async () => {
    const first = await pair();
    first.near.socket.resetAndDestroy();
    await until(() => first.far.closed, 'the reset to arrive');
    expect(first.far.error).toBe('ECONNRESET');
    const second = await pair();
    second.far.socket.resetAndDestroy();
    await until(() => second.near.closed, 'the reset to arrive');
    expect(second.near.error).toBe('ECONNRESET');
  });

  it('resets the dialling side when nobody listens, or when there is nobody to dial', async () => {
    target = null;
    const first = await dial(proxy);
    await until(() => first.closed, 'the reset');
    expect(first.error).toBe('ECONNRESET');
    target = listener.target;
    await listener.close();
    const second = await dial(proxy);
    await until(() => second.closed, 'the reset');
    expect(second.error).toBe('ECONNRESET');
    await until(() => proxy.counts.open === 0, 'the proxy to let go');
  });

  it('looks its target up whenever somebody dials, so that the target may move', async () => {
    const other = await Listener.listen();
    target = other.target;
    const near = await dial(proxy);
    near.socket.write('moved');
    const far = await other.end(0);
    await until(() => far.text === 'moved', 'the bytes');
    await other.close();
  });

  it('stops reading a sender whose receiver does not read, so that it holds a bounded number of bytes', async () => {
    const { near, far } = await pair();
    far.socket.pause();
    const megabyte = Buffer.alloc(1024 * 1024, 7);
    let written = 0;
    const pump = (): void => {
      while (written < 64 && near.socket.write(megabyte)) written += 1;
      written += 1;
    };
    near.socket.on('drain', pump);
    pump();
    let last = -1;
    await until(async () => {
      const { readBytes } = proxy.counts.forth;
      const same = readBytes === last;
      last = readBytes;
      await aWhile();
      return same;
    }, 'the proxy to stop reading');
    expect(last).toBeLessThan(40 * 1024 * 1024);
    far.socket.resume();
    await until(() => proxy.counts.forth.deliveredBytes > last, 'the flow to go on');
  });
});

describe('hold', () => {
  it('lets nothing through in its direction and everything at the heal, in order, while the other direction goes on', async () => {
    const { near, far } = await pair();
    const hold = proxy.impose('forth', HOLD);
    near.socket.write('one ');
    near.socket.end('two');
    far.socket.write('back');
    await until(() => near.text === '<back', 'the other direction');
    await aWhile();
    expect(far.text).toBe('>');
    expect(far.ended).toBe(false);
    hold.lift();
    await until(() => far.ended, 'the end');
    expect(far.text).toBe('>one two');
  });

  it('keeps a new connection from the listener until both directions are open', async () => {
    const forth = proxy.impose('forth', HOLD);
    const back = proxy.impose('back', HOLD);
    const near = await dial(proxy);
    near.socket.write('knock');
    await aWhile();
    forth.lift();
    await aWhile();
    expect(listener.ends).toHaveLength(0);
    expect(near.closed).toBe(false);
    back.lift();
    const far = await listener.end(0);
    await until(() => far.text === 'knock', 'the bytes');
  });

  it('hides a dialling side that gave up meanwhile from the listener', async () => {
    const hold = proxy.impose('forth', HOLD);
    const polite = await dial(proxy);
    polite.socket.end('never');
    const rude = await dial(proxy);
    rude.socket.resetAndDestroy();
    await until(() => proxy.counts.open === 1, 'the proxy to hear of the reset');
    hold.lift();
    await until(() => proxy.counts.open === 0, 'the proxy to forget both');
    expect(proxy.counts).toMatchObject({ accepted: 2, opened: 0 });
  });

  it('holds back the news that a side ended, and delivers it at the heal', async () => {
    const { near, far } = await pair();
    const hold = proxy.impose('back', HOLD);
    far.socket.write('lost with its sender');
    far.socket.resetAndDestroy();
    await aWhile();
    expect(near.closed).toBe(false);
    hold.lift();
    await until(() => near.closed, 'the reset');
    expect(near).toMatchObject({ text: '<', error: 'ECONNRESET' });
  });

  it('lasts as long as one of two overlapping faults imposes it', async () => {
    const { near, far } = await pair();
    const early = proxy.impose('forth', HOLD);
    const late = proxy.impose('forth', HOLD);
    near.socket.write('x');
    early.lift();
    early.lift();
    await aWhile();
    expect(far.text).toBe('>');
    expect([early.active, late.active, proxy.forth.held]).toEqual([false, true, true]);
    late.lift();
    await until(() => far.text === '>x', 'the byte');
  });
});

describe('delay', () => {
  it('adds its delay to each byte, never less', async () => {
    const { near, far } = await pair();
    proxy.impose('forth', delay(80));
    const began = performance.now();
    near.socket.write('x');
    await until(() => far.text === '>x', 'the byte');
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThan(79);
    expect(tookMs).toBeLessThan(2_000);
  });

  it('keeps the order, whatever the jitter', async () => {
    const { near, far } = await pair();
    let draw = 0;
    proxy.impose(
      'forth',
      delay(0, 40, () => [0.9, 0.1, 0.5, 0][draw++ % 4] as number),
    );
    let sent = '';
    for (let i = 0; i < 30; i += 1) {
      sent += `${i},`;
      near.socket.write(`${i},`);
      await aWhile(1);
    }
    await until(() => far.text.length === sent.length + 1, 'all bytes');
    expect(far.text).toBe(`>${sent}`);
    expect(draw).toBeGreaterThan(1);
  });

  it('delays the news of an end and of a new connection as well', async () => {
    proxy.impose('forth', delay(60));
    const began = performance.now();
    const near = await dial(proxy);
    await until(() => listener.ends.length === 1, 'the dial');
    expect(performance.now() - began).toBeGreaterThan(58);
    const far = await listener.end(0);
    const ended = performance.now();
    near.socket.end();
    await until(() => far.ended, 'the end');
    expect(performance.now() - ended).toBeGreaterThan(58);
  });
});

describe('bandwidth', () => {
  it('lets all connections of the path together send no more than its rate', async () => {
    const pairs = [await pair(), await pair()];
    const rate = 1_000_000;
    proxy.impose('forth', bandwidth(rate));
    const began = performance.now();
    const bytes = 150_000;
    for (const { near } of pairs) near.socket.write(Buffer.alloc(bytes, 1));
    await until(() => pairs.every(({ far }) => far.bytes.length === bytes + 1), 'all bytes');
    const seconds = (performance.now() - began) / 1000;
    // Ten milliseconds' worth may go at once; a slow machine only makes it slower.
    expect((2 * bytes) / seconds).toBeLessThan(rate * 1.06);
  });
});

describe('reset and vanish', () => {
  it('reset ends both sides with a RST, after which nothing comes', async () => {
    const { near, far } = await pair();
    proxy.impose('forth', HOLD);
    near.socket.write('kept back');
    await until(() => proxy.counts.forth.readBytes === 10, 'the proxy to read');
    expect(proxy.reset()).toBe(1);
    await until(() => near.closed && far.closed, 'both ends');
    expect([near.error, far.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(far.text).toBe('>');
    expect(proxy.counts.open).toBe(0);
  });

  it('vanish leaves one side with a connection that stays silent', async () => {
    const { near, far } = await pair();
    expect(proxy.vanish('near')).toBe(1);
    await until(() => near.closed, 'the near end');
    far.socket.write('anybody there?');
    await aWhile();
    expect([far.closed, far.ended, far.error]).toEqual([false, false, null]);
    await proxy.close();
    await until(() => far.closed, 'the proxy to end it');
  });
});

describe('any sequence of controls', () => {
  type Step =
    | { readonly what: 'send'; readonly bytes: number; readonly forth: boolean }
    | { readonly what: 'impose'; readonly effect: 'hold' | 'delay' | 'bandwidth'; readonly forth: boolean }
    | { readonly what: 'lift'; readonly which: number }
    | { readonly what: 'turn' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constant('send' as const),
        bytes: fc.integer({ min: 1, max: 40_000 }),
        forth: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constant('impose' as const),
        effect: fc.constantFrom('hold' as const, 'delay' as const, 'bandwidth' as const),
        forth: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('lift' as const), which: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.constant({ what: 'turn' as const }) },
  );

  it('changes neither the bytes nor their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer(), async (steps, seed) => {
        let state = seed | 1;
        const random = (): number => {
          state = (Math.imul(state, 48271) >>> 0) % 2147483647;
          return state / 2147483647;
        };
        const { near, far } = await pair();
        const imposed: Imposition[] = [];
        const sent = { forth: ['>'], back: ['<'] };
        for (const one of steps) {
          if (one.what === 'send') {
            const direction = one.forth ? 'forth' : 'back';
            const text = String.fromCharCode(97 + (sent[direction].length % 26)).repeat(one.bytes);
            sent[direction].push(text);
            (one.forth ? near : far).socket.write(text);
          } else if (one.what === 'impose') {
            const effect = { hold: HOLD, delay: delay(3, 5, random), bandwidth: bandwidth(20_000_000) }[one.effect];
            imposed.push(proxy.impose(one.forth ? 'forth' : 'back', effect));
          } else if (one.what === 'lift') imposed[one.which]?.lift();
          else await aWhile(1);
        }
        near.socket.end();
        for (const one of imposed) one.lift();
        await until(() => far.ended, 'the end forth');
        far.socket.end();
        await until(() => near.closed && far.closed, 'the close');
        // Not `toEqual`, which would print megabytes.
        if (far.text !== sent.forth.join('') || near.text !== sent.back.join('')) throw new Error('bytes differ');
        expect([near.error, far.error]).toEqual([null, null]);
      }),
      { numRuns: 60 },
    );
    expect(proxy.forth.count + proxy.back.count).toBe(0);
  });
});

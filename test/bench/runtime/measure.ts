/** Measures this project's runtime, in a process of its own: `node --expose-gc measure.ts <rounds> <many> [unguarded]`. One line a figure. */
import { createRealPlatform } from '../../../targets/reference/platform/real/real-platform.ts';
import { type Behaviour, type Context, createRuntime, type Pid, type Runtime } from '../../../targets/reference/runtime/index.ts';

const rounds = Number(process.argv[2]);
const many = Number(process.argv[3]);
const guarded = process.argv[4] !== 'unguarded';

const idle: Behaviour<null, unknown, null> = { name: 'idle', init: () => null, handle: (_, state) => state };

function report(name: string, value: number): void {
  console.log(`${name} ${value}`);
}

function newRuntime(): Runtime {
  // Guarded as in production, but the benchmarks' own handlers spawn a million processes in one go.
  return createRuntime({ platform: createRealPlatform({ runawayMs: guarded ? 60_000 : null }), name: 'bench', creation: 1 });
}

/** An idle process that tells when it runs. */
function reporting(running: () => void): Behaviour<null, unknown, null> {
  return {
    ...idle,
    init() {
      running();
      return null;
    },
  };
}

/** Run `work` in a process of its own and resolve with what it gives to `done`. */
function inProcess(runtime: Runtime, work: (context: Context, done: (value: number) => void) => void): Promise<number> {
  return new Promise((resolve) => {
    runtime.spawn(
      { name: 'bench', init: (_: null, context) => work(context, resolve), handle: (_message: unknown, state) => state },
      null,
    );
  });
}

/** Nanoseconds a hop of one token round a ring of `size` processes. */
async function ring(size: number, hops: number): Promise<number> {
  const runtime = newRuntime();
  let done = (): void => {};
  type Hop = number | { readonly next: Pid };
  const hop: Behaviour<Pid | null, Hop, Pid | null> = {
    name: 'hop',
    init: (next) => next,
    handle(message, next, context) {
      if (typeof message === 'object') return message.next;
      if (message === 0) done();
      else context.send(next as Pid, message - 1);
      return next;
    },
  };
  const first = runtime.spawn(hop, null);
  let next = first;
  for (let i = 1; i < size; i++) next = runtime.spawn(hop, next);
  const round = (count: number): Promise<void> =>
    new Promise((resolve) => {
      done = resolve;
      runtime.send(first, count);
    });
  runtime.send(first, { next });
  await round(size * 2);
  const begin = performance.now();
  await round(hops);
  const time = performance.now() - begin;
  runtime.halt();
  return (time * 1e6) / hops;
}

/** Microseconds a process, until the last of them has run. */
async function spawnTime(count: number): Promise<number> {
  const runtime = newRuntime();
  const time = await inProcess(runtime, (context, done) => {
    const begin = performance.now();
    for (let i = 1; i < count; i++) context.spawn(idle, null);
    context.spawn(
      reporting(() => done((performance.now() - begin) * 1000)),
      null,
    );
  });
  runtime.halt();
  return time / count;
}

/** Has handled a message since it began; then it hibernates, or not. */
function used(hibernates: boolean): Behaviour<null, unknown, null> {
  return {
    name: 'used',
    init(_, context) {
      context.send(context.self, 'hello');
      return null;
    },
    handle(_, state, context) {
      if (hibernates) context.hibernate();
      return state;
    },
  };
}

async function idleBytes(count: number, kind = idle): Promise<{ bytes: number; seconds: number }> {
  const runtime = newRuntime();
  globalThis.gc?.();
  const before = process.memoryUsage();
  const seconds = await inProcess(runtime, (context, done) => {
    const begin = performance.now();
    for (let i = 1; i < count; i++) context.spawn(kind, null);
    context.spawn(
      reporting(() => done((performance.now() - begin) / 1000)),
      null,
    );
  });
  // The last process may run before the others have handled their message.
  await new Promise((resolve) => setTimeout(resolve, 50));
  globalThis.gc?.();
  const after = process.memoryUsage();
  if (runtime.size < count) throw new Error(`${runtime.size} processes live, ${count} expected`);
  runtime.halt();
  const bytes = after.heapUsed + after.external - before.heapUsed - before.external;
  return { bytes: bytes / count, seconds };
}

/** Microseconds of a turn of the event loop with nothing to do in it: what the guard costs, for it costs a process nothing. */
async function turnTime(turns: number): Promise<number> {
  const platform = createRealPlatform({ runawayMs: guarded ? 60_000 : null });
  const begin = performance.now();
  await new Promise<void>((resolve) => {
    let left = turns;
    const turn = (): void => {
      if (--left === 0) resolve();
      else platform.turns.defer(turn, resolve);
    };
    turn();
  });
  return ((performance.now() - begin) * 1000) / turns;
}

/** Microseconds a selective receive that has to pass over `count` messages that do not match. */
async function selective(count: number, times: number): Promise<number> {
  type Message = { readonly kind: 'noise' | 'wanted'; readonly n: number };
  const runtime = newRuntime();
  const result = await new Promise<number>((resolve) => {
    let begin = 0;
    const want = (n: number, context: Context): void => {
      context.send(context.self, { kind: 'wanted', n });
      context.receive((message) => (message as Message).kind === 'wanted' && (message as Message).n === n);
    };
    const picky: Behaviour<number, Message, null> = {
      name: 'picky',
      init(_, context) {
        for (let n = 0; n < count; n++) context.send(context.self, { kind: 'noise', n });
        want(0, context);
        return 0;
      },
      handle(_, n, context) {
        if (n === 3) begin = performance.now();
        if (n === times + 3) resolve(((performance.now() - begin) * 1000) / times);
        else want(n + 1, context);
        return n + 1;
      },
    };
    runtime.spawn(picky, null);
  });
  runtime.halt();
  return result;
}

for (let i = 0; i < rounds; i++) report('ring_hop_ns', await ring(1000, 1_000_000));
for (let i = 0; i < rounds; i++) report('spawn_us', await spawnTime(100_000));
report('idle_bytes', (await idleBytes(100_000)).bytes);
report('used_bytes', (await idleBytes(100_000, used(false))).bytes);
report('hibernated_bytes', (await idleBytes(100_000, used(true))).bytes);
for (let i = 0; i < rounds; i++) report('selective_us', await selective(100_000, 20));
for (let i = 0; i < rounds; i++) report('turn_us', await turnTime(20_000));
const million = await idleBytes(many);
report('many_bytes', million.bytes);
report('many_seconds', million.seconds);

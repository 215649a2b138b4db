import { describe, expect, test } from 'vitest';
import {
  type Behaviour,
  type Context,
  call,
  type Pid,
  RECEIVE_TIMEOUT,
  receive,
} from '../../../../targets/reference/runtime/index.ts';
import { createRig, doer, idle, once } from './rig.ts';

describe('scheduling', () => {
  test('a process with endless work does not keep others from their turn', () => {
    const { runtime, platform } = createRig({ budget: 10 });
    const order: string[] = [];
    const busy: Behaviour<number, unknown, null> = {
      name: 'busy',
      init: () => 0,
      handle(_, n, context) {
        order.push('busy');
        if (n < 100) context.send(context.self, 'more');
        return n + 1;
      },
    };
    const quick: Behaviour<null, unknown, null> = {
      name: 'quick',
      init: () => null,
      handle() {
        order.push('quick');
        return null;
      },
    };
    const pids = [runtime.spawn(busy, null), runtime.spawn(quick, null)];
    for (const pid of pids) runtime.send(pid, 'go');
    platform.settle();
    expect(order.indexOf('quick')).toBe(10);
    expect(order).toHaveLength(102);
  });

  test('a slice ends when its time is up, and the rest runs in the next turn', () => {
    const { runtime, platform } = createRig({ sliceMs: 4 });
    let handled = 0;
    const slow: Behaviour<null, unknown, null> = {
      name: 'slow',
      init: () => null,
      handle() {
        handled++;
        platform.pass(3);
        return null;
      },
    };
    for (let i = 0; i < 10; i++) runtime.send(runtime.spawn(slow, null), 'go');
    platform.settle();
    expect(handled).toBe(10);
    expect(runtime.counters.slices).toBeGreaterThanOrEqual(5);
    expect(runtime.counters.slicesCut).toBe(runtime.counters.slices - 1);
  });

  test('init runs before any message, even before one that was sent at once', () => {
    const { runtime, platform } = createRig();
    const order: unknown[] = [];
    const late: Behaviour<null, unknown, null> = {
      name: 'late',
      init() {
        order.push('init');
        return null;
      },
      handle(message) {
        order.push(message);
        return null;
      },
    };
    runtime.send(runtime.spawn(late, null), 'message');
    platform.settle();
    expect(order).toEqual(['init', 'message']);
  });

  test('the same calls give the same run: two nodes agree on every reduction', () => {
    const trace = (): unknown => {
      const { run, runtime } = createRig();
      const value = run(function* (context) {
        const pids = Array.from({ length: 20 }, () => context.spawn(doer, null));
        const { self } = context;
        for (const pid of pids)
          context.send(pid, (theirs: Context) => theirs.sendAfter(theirs.random() * 100, self, String(pid)));
        const got: unknown[] = [];
        for (const _ of pids) got.push(yield* receive());
        return got;
      });
      return [value, runtime.counters];
    };
    expect(trace()).toEqual(trace());
  });
});

describe('limits', () => {
  test('a process whose message queue passes its limit is killed, reported and counted', () => {
    const { runtime, platform } = createRig({ messageQueue: 100 });
    const pid = runtime.spawn(idle, null);
    const reasons: unknown[] = [];
    runtime.monitor(pid, (reason) => reasons.push(reason));
    for (let i = 0; i < 200; i++) runtime.send(pid, i);
    platform.settle();
    expect(reasons).toEqual(['killed']);
    expect(runtime.counters).toMatchObject({ messageQueueOverflows: 1, toNobody: 99 });
    expect(runtime.crashReports()).toMatchObject([{ pid, reason: 'killed', messageQueueLength: 101 }]);
  });

  test('a spawn beyond the limit throws system_limit and leaves the spawner alive', () => {
    const { act, runtime } = createRig({ processes: 3 });
    const codes = act((context) =>
      [1, 2, 3, 4].map(() => {
        try {
          context.spawn(idle, null);
          return 'ok';
        } catch (error) {
          return (error as { code: string }).code;
        }
      }),
    );
    expect(codes).toEqual(['ok', 'ok', 'system_limit', 'system_limit']);
    expect(runtime.size).toBe(2);
  });
});

describe('names, timers and aliases', () => {
  test('a name is released with its process and may be taken again', () => {
    const { runtime, platform } = createRig();
    const first = runtime.spawn(idle, null, { name: 'x' });
    runtime.exit(first, 'kill');
    expect(runtime.whereis('x')).toBeUndefined();
    const second = runtime.spawn(idle, null, { name: 'x' });
    platform.settle();
    expect(runtime.whereis('x')).toBe(second);
  });

  test('sending to an unknown name throws badarg inside, and returns false outside', () => {
    const { act, runtime } = createRig();
    expect(act((context) => catching(() => context.send('nobody', 1)))).toBe('badarg');
    expect(runtime.send('nobody', 1)).toBe(false);
  });

  test('a timer fires once, not before its time, and a cancelled one says how long was left', () => {
    const { runtime, platform, run } = createRig();
    const left = run(function* (context) {
      const timer = context.sendAfter(100, context.self, 'tick');
      yield* receive(() => false, 40);
      const remaining = context.cancelTimer(timer) as number;
      const again = context.cancelTimer(timer);
      context.sendAfter(10, context.self, 'tock');
      return [remaining > 50 && remaining <= 60, again, yield* receive(), yield* receive(() => true, 200)];
    });
    expect(left).toEqual([true, null, 'tock', RECEIVE_TIMEOUT]);
    platform.advance(1000);
    expect(runtime.pendingTimers).toBe(0);
  });

  test('an alias is an address until it is switched off; one for a single message switches itself off', () => {
    const { run } = createRig();
    const got = run(function* (context) {
      const many = context.alias();
      const single = context.alias({ once: true });
      for (const message of [1, 2]) {
        context.send(many, `many ${message}`);
        context.send(single, `single ${message}`);
      }
      context.unalias(many);
      context.send(many, 'late');
      return [yield* receive(), yield* receive(), yield* receive(), yield* receive(() => true, 10)];
    });
    expect(got).toEqual(['many 1', 'single 1', 'many 2', RECEIVE_TIMEOUT]);
  });

  test('the context is refused outside of a handler', () => {
    const { runtime, platform } = createRig();
    let escaped: Context | undefined;
    runtime.spawn(once, (context) => {
      escaped = context;
    });
    platform.settle();
    expect(() => escaped?.spawn(idle, null)).toThrow('outside of a handler');
  });
});

describe('from outside', () => {
  test('a call from outside is answered, times out, or ends with the callee, exactly once', () => {
    const { runtime, platform } = createRig();
    const echo: Behaviour<null, { type: string; from: never; request: unknown }, null> = {
      name: 'echo',
      init: () => null,
      handle(message, _, context) {
        if (message.type === 'call' && message.request !== 'silence') context.reply(message.from, message.request);
        return null;
      },
    };
    const pid = runtime.spawn(echo, null, { name: 'echo' });
    const outcomes: unknown[] = [];
    runtime.call('echo', 'hello', 100, (outcome) => outcomes.push(outcome));
    runtime.call(pid, 'silence', 100, (outcome) => outcomes.push(outcome));
    runtime.call('nobody', 'hello', 100, (outcome) => outcomes.push(outcome));
    platform.advance(50);
    runtime.call(pid, 'silence', 1000, (outcome) => outcomes.push(outcome));
    platform.advance(100);
    runtime.exit(pid, 'boom');
    platform.advance(2000);
    expect(outcomes).toEqual([
      { type: 'call-down', reason: 'noproc' },
      { type: 'reply', result: 'hello' },
      { type: 'call-timeout' },
      { type: 'call-down', reason: 'boom' },
    ]);
  });

  test('process details: message queue, reductions, links, monitors, name and behaviour', () => {
    const { runtime, platform } = createRig();
    const pid = runtime.spawn(doer, null, { name: 'x' });
    let peer: Pid | undefined;
    runtime.send(pid, (context: Context) => {
      peer = context.spawn(idle, null, { link: true });
      context.monitor(peer);
      context.trapExit(true);
    });
    platform.settle();
    runtime.send(pid, 1);
    expect(runtime.details(pid)).toMatchObject({
      name: 'x',
      behaviour: 'doer',
      status: 'runnable',
      messageQueueLength: 1,
      reductions: 1,
      trapExit: true,
      links: [peer],
      monitors: 1,
      monitoredBy: 0,
    });
    expect(runtime.details(peer as Pid)).toMatchObject({ parent: pid, monitoredBy: 1 });
    expect(runtime.processes()).toHaveLength(2);
  });

  test('a node that was halted does nothing any more', () => {
    const { runtime, platform } = createRig();
    let handled = 0;
    const counting: Behaviour<null, unknown, null> = {
      ...idle,
      handle() {
        handled++;
        return null;
      },
    };
    const pid = runtime.spawn(counting, null);
    runtime.send(pid, 1);
    runtime.halt();
    platform.advance(1000);
    expect(handled).toBe(0);
  });

  test('routines call and are called', () => {
    const { run } = createRig();
    const echo: Behaviour<null, { from: never; request: unknown }, null> = {
      name: 'echo',
      init: () => null,
      handle(message, _, context) {
        context.reply(message.from, message.request);
        return null;
      },
    };
    expect(
      run(function* (context) {
        return yield* call(context, context.spawn(echo, null), 'hello');
      }),
    ).toBe('hello');
  });
});

function catching(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

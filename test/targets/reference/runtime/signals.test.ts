/** The cases of OTP's signal_SUITE, under their names there. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Context,
  type ExitMessage,
  type ExitReason,
  type Pid,
  RECEIVE_TIMEOUT,
  receive,
} from '../../../../targets/reference/runtime/index.ts';
import { createRig, doer, idle, once } from './rig.ts';

const REASONS: ExitReason[] = ['normal', 'boom', 'shutdown', 'killed', { kind: 'shutdown', term: 'x' }];

describe('signal_SUITE', () => {
  test('xm_sig_order: messages and exit signals of one sender arrive in the order in which they were sent', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(), fc.constantFrom(...REASONS)), { maxLength: 200 }), (signals) => {
        const { run } = createRig();
        const received = run(function* (context) {
          context.trapExit(true);
          const self = context.self;
          const sender = context.spawn(doer, null);
          context.send(sender, (theirs: Context) => {
            for (const signal of signals) {
              if (typeof signal === 'number') theirs.send(self, signal);
              else theirs.exitSignal(self, signal);
            }
          });
          const got: unknown[] = [];
          while (got.length < signals.length) {
            const message = yield* receive();
            got.push(typeof message === 'number' ? message : (message as ExitMessage).reason);
          }
          return got;
        });
        expect(received).toEqual(signals);
      }),
    );
  });

  test('xm_sig_order: a link, a message and the end of the sender arrive as message, then EXIT', () => {
    const { run } = createRig();
    const received = run(function* (context) {
      context.trapExit(true);
      const self = context.self;
      context.spawn(once, (theirs: Context) => {
        theirs.link(self);
        theirs.send(self, 'first');
        theirs.unlink(self);
        theirs.link(self);
        theirs.send(self, 'second');
      });
      return [yield* receive(), yield* receive(), ((yield* receive()) as ExitMessage).reason];
    });
    expect(received).toEqual(['first', 'second', 'normal']);
  });

  test('kill2killed: a process that is killed by exit/2 is reported as killed, to links and monitors alike, and trapping does not help', () => {
    const { run } = createRig();
    const [exit, down] = run(function* (context) {
      context.trapExit(true);
      const victim = context.spawn(doer, null, { link: true });
      context.monitor(victim);
      context.send(victim, (theirs: Context) => void theirs.trapExit(true));
      context.send(victim, 'wait');
      yield* receive(() => true, 1);
      context.exitSignal(victim, 'kill');
      return [yield* receive(), yield* receive()] as { type: string; reason: ExitReason }[];
    });
    expect([exit, down].map((message) => [message?.type, message?.reason]).sort()).toEqual([
      ['DOWN', 'killed'],
      ['EXIT', 'killed'],
    ]);
  });

  test('kill2killed: a process that itself exits with kill is reported as kill, and its link can be trapped', () => {
    const { run } = createRig();
    const exit = run(function* (context) {
      context.trapExit(true);
      context.spawn(
        once,
        (theirs: Context) => {
          theirs.exit('kill');
        },
        { link: true },
      );
      return (yield* receive()) as ExitMessage;
    });
    expect(exit.reason).toBe('kill');
  });

  test('kill2killed: a linked process that does not trap dies with the reason kill, not killed', () => {
    const { run } = createRig();
    const down = run(function* (context) {
      const bystander = context.spawn(doer, null);
      const ref = context.monitor(bystander);
      context.send(bystander, (theirs: Context) => {
        theirs.spawn(
          once,
          (its: Context) => {
            its.exit('kill');
          },
          { link: true },
        );
      });
      return (yield* receive((message) => (message as { ref?: unknown }).ref === ref)) as { reason: ExitReason };
    });
    expect(down.reason).toBe('kill');
  });

  /** A process whose peer ends while it is in the middle of its turn: the exit is pending until its handler returns. */
  const pendingExit = (deed: (context: Context, peer: Pid) => void, trap: boolean) => {
    const { run } = createRig();
    return run(function* (context) {
      const log: unknown[] = [];
      const peer = context.spawn(idle, null);
      const victim = context.spawn(doer, null);
      const ref = context.monitor(victim);
      context.send(victim, (theirs: Context) => {
        theirs.trapExit(trap);
        theirs.link(peer);
        theirs.exitSignal(peer, 'boom');
        deed(theirs, peer);
        log.push('handler returned');
      });
      const down = yield* receive((message) => (message as { ref?: unknown }).ref === ref, 10);
      return { log, reason: down === RECEIVE_TIMEOUT ? 'alive' : (down as { reason: ExitReason }).reason };
    });
  };

  test('pending_exit_unlink_process: unlinking after the signal was received does not save the process', () => {
    expect(pendingExit((context, peer) => context.unlink(peer), false).reason).toBe('boom');
  });

  test('pending_exit_trap_exit: trapping after the signal was received does not save the process', () => {
    expect(pendingExit((context) => void context.trapExit(true), false).reason).toBe('boom');
  });

  test('pending_exit_receive: the process does not get to handle another message', () => {
    let handled = false;
    pendingExit((context) => {
      context.send(context.self, () => {
        handled = true;
      });
    }, false);
    expect(handled).toBe(false);
  });

  test('pending_exit_exit: the signal that came first decides the reason, not the exit of the process itself', () => {
    expect(pendingExit((context) => context.exit('mine'), false).reason).toBe('boom');
  });

  test('pending_exit_is_process_alive: the peer is already dead when the handler goes on', () => {
    let alive = true;
    pendingExit((context, peer) => {
      alive = context.isAlive(peer);
    }, false);
    expect(alive).toBe(false);
  });

  test('pending_exit_process_info: a process with a pending exit is still listed until it ends', () => {
    expect(pendingExit(() => {}, false)).toEqual({ log: ['handler returned'], reason: 'boom' });
  });

  test('the first of several exit signals in one turn decides', () => {
    expect(
      pendingExit((context) => {
        const second = context.spawn(idle, null, { link: true });
        context.exitSignal(second, 'later');
      }, false).reason,
    ).toBe('boom');
  });

  test('the end of a process removes it from the links of all others', () => {
    const { runtime, platform } = createRig();
    const survivor = runtime.spawn(doer, null);
    runtime.send(survivor, (context: Context) => {
      context.trapExit(true);
      for (let i = 0; i < 3; i++) context.exitSignal(context.spawn(idle, null, { link: true }), 'boom');
    });
    platform.settle();
    expect(runtime.details(survivor)?.links).toEqual([]);
  });

  test('a process that trapped before the signal lives on and gets the message', () => {
    expect(pendingExit(() => {}, true).reason).toBe('alive');
  });

  test.each(REASONS)(
    'exit/2 with %j from another process: normal is ignored, and anything else ends it with that reason',
    (reason) => {
      const { runtime, platform } = createRig();
      const pid = runtime.spawn(idle, null);
      const reasons: ExitReason[] = [];
      runtime.monitor(pid, (ended) => reasons.push(ended));
      runtime.exit(pid, reason);
      platform.settle();
      expect(reasons).toEqual(reason === 'normal' ? [] : [reason]);
    },
  );

  test('an exit signal normal to oneself ends the process', () => {
    const { runtime, platform } = createRig();
    const pid = runtime.spawn(doer, null);
    runtime.send(pid, (context: Context) => context.exitSignal(context.self, 'normal'));
    platform.settle();
    expect(runtime.isAlive(pid)).toBe(false);
  });

  test('a chain of 100,000 linked processes ends as a whole, without a deep stack', () => {
    const { runtime, platform } = createRig({ processes: 200_000 });
    let last: Pid | null = null;
    const chained = { ...doer, name: 'chained', init: (): unknown[] => [] };
    for (let i = 0; i < 100_000; i++) {
      const before: Pid | null = last;
      last = runtime.spawn(
        { ...chained, init: (_: null, context: Context) => (before === null ? [] : [context.link(before)]) },
        null,
      );
    }
    platform.settle();
    expect(runtime.size).toBe(100_000);
    runtime.exit(last as Pid, 'boom');
    expect(runtime.size).toBe(0);
  });
});

/** The cases of OTP's gen_server_SUITE, under their names there. */
import { describe, expect, test } from 'vitest';
import {
  type CallOutcome,
  type Context,
  call,
  cast,
  type DownMessage,
  type ExitReason,
  type GenServer,
  genServer,
  IDLE,
  multiCall,
  type Pid,
  RECEIVE_TIMEOUT,
  type RequestReference,
  receive,
  routine,
  startLink,
  stop,
} from '../../../../targets/reference/runtime/index.ts';
import { RemotePid } from '../../../../targets/reference/runtime/pid.ts';
import type { Process } from '../../../../targets/reference/runtime/process.ts';
import { createRig, doer, once } from './rig.ts';

type Call = 'get' | 'never' | 'later' | 'crash' | { readonly add: number };
interface State {
  total: number;
  readonly log: unknown[];
  waiting: RequestReference | null;
}

const server: GenServer<State, unknown[], Call, number | 'stop', unknown> = {
  name: 'counter',
  init: (log, context) => {
    if (log[0] === 'ignore') context.ignore();
    if (log[0] === 'refuse') context.exit('refused');
    return { total: 0, log, waiting: null };
  },
  handleCall(request, from, state, context) {
    if (request === 'crash') throw new Error('crashed in a call');
    if (request === 'later') state.waiting = from;
    else if (request === 'get') context.reply(from, state.total);
    else if (request !== 'never') {
      state.total += request.add;
      context.reply(from, state.total);
    }
    return state;
  },
  handleCast(request, state, context) {
    if (request === 'stop') context.stop('by cast');
    else state.total += request;
    return state;
  },
  handleInfo(message, state, context) {
    state.log.push(message);
    if (message === 'answer' && state.waiting !== null) context.reply(state.waiting, 'late answer');
    if (message === 'idle') context.idleTimeout(100);
    return state;
  },
  terminate: (reason, { log }) => void log.push(['terminate', reason]),
};
const counter = genServer(server);

describe('gen_server_SUITE', () => {
  test('start: start_link answers with the pid once init is done, ignore for ignore, and the reason for a refusal', () => {
    const { run } = createRig();
    const answers = run(function* (context) {
      context.trapExit(true);
      const started = yield* startLink(context, counter, []);
      const ignored = yield* startLink(context, counter, ['ignore']);
      const refused = yield* startLink(context, counter, ['refuse']);
      return [typeof started === 'object' && 'ok' in started, ignored, refused, yield* receive(() => true, 10)];
    });
    expect(answers.slice(0, 3)).toEqual([true, 'ignore', { error: 'refused' }]);
  });

  test('start: a name that is taken is refused', () => {
    const { runtime } = createRig();
    runtime.spawn(counter, [], { name: 'counter' });
    expect(() => runtime.spawn(counter, [], { name: 'counter' })).toThrow('taken');
  });

  test('call: a call is answered, and so is one by name', () => {
    const { run } = createRig();
    const results = run(function* (context) {
      const pid = context.spawn(counter, [], { name: 'counter' });
      return [
        yield* call(context, pid, { add: 2 }),
        yield* call(context, 'counter', { add: 3 }),
        yield* call(context, pid, 'get'),
      ];
    });
    expect(results).toEqual([2, 5, 5]);
  });

  test('cast: a cast changes the state and answers nothing; to an unknown name it vanishes', () => {
    const { run } = createRig();
    const total = run(function* (context) {
      const pid = context.spawn(counter, []);
      cast(context, pid, 40);
      cast(context, pid, 2);
      cast(context, 'nobody', 1);
      return yield* call(context, pid, 'get');
    });
    expect(total).toBe(42);
  });

  test('call_remote1: a call to a node that is not connected ends with noconnection', () => {
    const { run } = createRig();
    const outcome = run(function* (context) {
      context.call(new RemotePid({ name: 'elsewhere', creation: 1 }, 5), 'get');
      return (yield* receive()) as CallOutcome;
    });
    expect(outcome).toMatchObject({ type: 'call-down', reason: 'noconnection' });
  });

  test('call_remote2: a call to an unknown name, and to a pid of an earlier start, ends with noproc', () => {
    const { run } = createRig();
    const outcomes = run(function* (context) {
      context.call('nobody', 'get');
      context.call(new RemotePid({ name: 'test', creation: 0 }, 5), 'get');
      return [(yield* receive()) as CallOutcome, (yield* receive()) as CallOutcome];
    });
    expect(outcomes).toMatchObject([
      { type: 'call-down', reason: 'noproc' },
      { type: 'call-down', reason: 'noproc' },
    ]);
  });

  test('call_remote3: a waiting call ends with the reason with which the server ends', () => {
    const { run } = createRig();
    const outcome = run(function* (context) {
      const pid = context.spawn(counter, []);
      context.call(pid, 'never');
      context.send(context.self, 'yield');
      yield* receive();
      context.exitSignal(pid, 'boom');
      return (yield* receive()) as CallOutcome;
    });
    expect(outcome).toMatchObject({ type: 'call-down', reason: 'boom' });
  });

  test('multicall_down: servers that are down or silent are named, and the others answer', () => {
    const { run } = createRig();
    const result = run(function* (context) {
      const alive = context.spawn(counter, []);
      context.spawn(counter, [], { name: 'named' });
      const dead = context.spawn(counter, []);
      context.exitSignal(dead, 'kill');
      const { replies, bad } = yield* multiCall(context, [alive, dead, 'named', 'nobody'], { add: 1 }, 100);
      return { replies: replies.length, bad: bad.map((target) => (target === dead ? 'dead' : target)) };
    });
    expect(result).toEqual({ replies: 2, bad: ['dead', 'nobody'] });
  });

  test('late replies: a reply after the timeout never reaches the message queue, and is counted', () => {
    const { run, runtime } = createRig();
    const messages = run(function* (context) {
      const pid = context.spawn(counter, []);
      const ref = context.call(pid, 'later', 100);
      const outcome = (yield* receive()) as CallOutcome;
      context.send(pid, 'answer');
      return [outcome.type, outcome.ref === ref, yield* receive(() => true, 1000)];
    });
    expect(messages).toEqual(['call-timeout', true, RECEIVE_TIMEOUT]);
    expect(runtime.counters.lateReplies).toBe(1);
  });

  test('late replies: a deferred reply in time arrives once, and a second one not at all', () => {
    const { run } = createRig();
    const messages = run(function* (context) {
      const pid = context.spawn(counter, []);
      context.call(pid, 'later', 1000);
      context.send(pid, 'answer');
      context.send(pid, 'answer');
      return [((yield* receive()) as { result?: unknown }).result, yield* receive(() => true, 2000)];
    });
    expect(messages).toEqual(['late answer', RECEIVE_TIMEOUT]);
  });

  test('late replies: an abandoned request returns nothing, whether its answer is on the way or has arrived', () => {
    const { run } = createRig();
    const message = run(function* (context) {
      const pid = context.spawn(counter, []);
      context.abandon(context.call(pid, 'get'));
      const ref = context.call(pid, 'get');
      yield* receive(() => false, 10);
      context.abandon(ref);
      return yield* receive(() => true, 1000);
    });
    expect(message).toBe(RECEIVE_TIMEOUT);
  });

  test('crash: the caller learns the reason, terminate is called, and the report has state and last message redacted', () => {
    const { run, runtime } = createRig();
    const log: unknown[] = [];
    const outcome = run(function* (context) {
      context.call(context.spawn(counter, log), 'crash');
      return (yield* receive()) as Extract<CallOutcome, { type: 'call-down' }>;
    });
    expect(outcome.reason).toMatchObject({ kind: 'error', message: 'Error: crashed in a call' });
    expect(log).toEqual([['terminate', outcome.reason]]);
    expect(runtime.crashReports()).toMatchObject([
      {
        behaviour: 'counter',
        reason: outcome.reason,
        state: { total: 'number', log: 'array of 1' },
        lastMessage: { type: 'call', request: 'string' },
      },
    ]);
  });

  /** Start a server and stop it by `body`; what terminate was told, and how the server ended. */
  const stopped = (body: (context: Context, pid: Pid) => ReturnType<typeof stop>, name?: string) => {
    const { run } = createRig();
    const log: unknown[] = [];
    return run(function* (context) {
      const pid = context.spawn(counter, log, name === undefined ? {} : { name });
      const ref = context.monitor(pid);
      yield* body(context, pid);
      const down = (yield* receive((message) => (message as DownMessage).ref === ref, 10)) as DownMessage;
      return { log, reason: down.reason };
    });
  };
  /** How a process ends that orders something to stop. */
  const stopperEnds = (target: (context: Context) => Pid, reason: ExitReason, timeoutMs: number) => {
    const { run } = createRig();
    return run(function* (context) {
      const story = context.spawnMonitor(stopper, { pid: target(context), reason, timeoutMs });
      return ((yield* receive((message) => (message as DownMessage).ref === story.ref)) as DownMessage).reason;
    });
  };

  test('stop1: stop ends an anonymous server with normal', () => {
    expect(stopped((context, pid) => stop(context, pid))).toEqual({ log: [['terminate', 'normal']], reason: 'normal' });
  });

  test('stop2: stop with a reason ends it with that reason', () => {
    expect(stopped((context, pid) => stop(context, pid, 'other'))).toEqual({ log: [['terminate', 'other']], reason: 'other' });
  });

  test('stop3: stop waits no longer than it was told; the server goes on', () => {
    expect(stopperEnds((context) => context.spawn(doer, null), 'normal', 100)).toBe('timeout');
  });

  test('stop4: messages that were sent before the order to stop are handled before it', () => {
    const { log } = stopped((context, pid) => {
      context.send(pid, 'first');
      return stop(context, pid);
    });
    expect(log).toEqual(['first', ['terminate', 'normal']]);
  });

  test('stop5: a registered server loses its name when it is stopped', () => {
    const { run } = createRig();
    const after = run(function* (context) {
      const pid = context.spawn(counter, [], { name: 'named' });
      yield* stop(context, pid);
      return context.whereis('named');
    });
    expect(after).toBeUndefined();
  });

  test('stop6: if a server ends otherwise while it is being stopped, its stopper ends with that reason', () => {
    expect(
      stopperEnds((context) => context.spawn(genServer({ ...server, terminate: () => failing() }), []), 'normal', 1000),
    ).toMatchObject({
      kind: 'error',
    });
  });

  test('stop7: stopping a process that is dead ends the stopper with noproc', () => {
    expect(stopperEnds((context) => context.spawn(once, () => {}), 'normal', 1000)).toBe('noproc');
  });

  test('stop8: stopping a process of a node that is not connected ends the stopper with noconnection', () => {
    expect(stopperEnds(() => new RemotePid({ name: 'elsewhere', creation: 1 }, 5), 'normal', 1000)).toBe('noconnection');
  });

  test('stop9: a callback may stop its own server with any reason', () => {
    const { run } = createRig();
    const log: unknown[] = [];
    const reason = run(function* (context) {
      const { pid, ref } = context.spawnMonitor(counter, log);
      cast(context, pid, 'stop');
      return ((yield* receive((message) => (message as DownMessage).ref === ref)) as DownMessage).reason;
    });
    expect(reason).toBe('by cast');
    expect(log).toEqual([['terminate', 'by cast']]);
  });

  test('stop10: a server that traps exits terminates in order when its parent ends', () => {
    const { runtime, platform } = createRig();
    const log: unknown[] = [];
    const trapping = genServer({
      ...server,
      init(given: unknown[], context) {
        context.trapExit(true);
        return server.init(given, context);
      },
    });
    const parent = runtime.spawn(doer, null);
    runtime.send(parent, (context: Context) => void context.spawn(trapping, log, { link: true }));
    platform.settle();
    runtime.exit(parent, 'over');
    platform.settle();
    expect(log).toEqual([['terminate', 'over']]);
    expect(runtime.size).toBe(0);
  });

  test('timeouts: a server is told if no message came in time, and a message in time cancels that', () => {
    const { runtime, platform } = createRig();
    const log: unknown[] = [];
    const pid = runtime.spawn(counter, log);
    runtime.send(pid, 'idle');
    platform.advance(90);
    runtime.send(pid, 'busy');
    platform.advance(500);
    expect(log).toEqual(['idle', 'busy']);
    runtime.send(pid, 'idle');
    platform.advance(101);
    expect(log.at(-1)).toBe(IDLE);
  });

  test('hibernate: a process frees the buffer of its empty message queue, and wakes up for the next message', () => {
    const { runtime, platform } = createRig();
    const pid = runtime.spawn(doer, null);
    runtime.send(pid, 'x');
    platform.settle();
    const before = runtime.details(pid)?.memoryBytes ?? 0;
    runtime.send(pid, (context: Context) => context.hibernate());
    platform.settle();
    expect((pid as Process).messageQueue).toBeNull();
    expect(runtime.details(pid)?.memoryBytes).toBeLessThan(before);
    runtime.send(pid, 'y');
    platform.settle();
    expect((pid as Process).state).toEqual(['x', 'y']);
  });
});

const stopper = routine(
  'stopper',
  (args: { readonly pid: Pid; readonly reason: ExitReason; readonly timeoutMs: number }, context) =>
    stop(context, args.pid, args.reason, args.timeoutMs),
);

function failing(): never {
  throw new Error('terminate failed');
}

/** The cases of OTP's gen_server_SUITE that need a second node, under their names there. */
import { describe, expect, test } from 'vitest';
import {
  type Context,
  call,
  cast,
  type ExitReason,
  genServer,
  type MultiCallResult,
  multiCall,
  type ProcessName,
  type Runtime,
  routine,
  type Steps,
  stop,
} from '../../../../../targets/reference/runtime/index.ts';
import { createCluster, seenFrom } from './cluster.ts';

const server = genServer({
  name: 'server',
  init: (log: unknown[]) => log,
  handleCall(request: unknown, from, log, context: Context) {
    if (request !== 'never') context.reply(from, { got: request });
    return log;
  },
  handleCast(request: unknown, log) {
    log.push(request);
    return log;
  },
  terminate: (reason, log) => void log.push(['terminate', reason]),
});

/** A server of node b, by pid and by name, and stories of node a: what each ends with. */
function withServer() {
  const cluster = createCluster('a', 'b');
  const { a, b } = cluster.nodes as { a: Runtime; b: Runtime };
  const log: unknown[] = [];
  const there = b.spawn(server, log, { name: 'piller' });
  const pid = seenFrom(a, there);
  const named = { name: 'piller', node: 'b' };
  const ends = (body: (context: Context) => Steps<unknown>): unknown => {
    let end: unknown = 'still running';
    const story = routine('story', function* (_: null, context) {
      end = { result: yield* body(context) };
    });
    a.monitor(a.spawn(story, null), (reason) => {
      if (reason !== 'normal') end = reason;
    });
    for (let i = 0; i < 20; i++) {
      cluster.settle();
      cluster.platform.advance(100);
    }
    cluster.settle();
    return end;
  };
  return { cluster, a, b, log, there, pid, named, ends };
}

const noproc = (to: string) => ({ kind: 'call', reason: 'noproc', to });
const noconnection = (to: string) => ({ kind: 'call', reason: 'noconnection', to });

describe('gen_server_SUITE across nodes', () => {
  test('call_remote1, call_remote2: a server is called by pid and by name on its node; after its end the call ends with noproc', () => {
    const { ends, b, there, pid, named } = withServer();
    expect(ends((context) => call(context, pid, 1))).toEqual({ result: { got: 1 } });
    expect(ends((context) => call(context, named, 2))).toEqual({ result: { got: 2 } });
    b.exit(there, 'boom');
    expect(ends((context) => call(context, pid, 3))).toEqual(noproc('<b.1.0>'));
    expect(ends((context) => call(context, named, 4))).toEqual(noproc('piller@b'));
  });

  test('call_remote_n1, call_remote_n2, call_remote_n3: calls to a node that is gone end with noconnection', () => {
    const { cluster, ends, pid, named } = withServer();
    cluster.kill('b');
    expect(ends((context) => call(context, pid, 1))).toEqual(noconnection('<b.1.0>'));
    expect(ends((context) => call(context, named, 1))).toEqual(noconnection('piller@b'));
  });

  test('cast: arrives by pid and by name; to an unknown name, and to a node that is gone, it vanishes', () => {
    const { ends, log, pid, named } = withServer();
    const tell = (to: ProcessName, request: unknown) =>
      ends(function* (context) {
        cast(context, to, request);
        yield* [];
      });
    tell(pid, 1);
    tell(named, 2);
    tell({ name: 'nobody', node: 'b' }, 3);
    expect(tell({ name: 'piller', node: 'gone' }, 4)).toEqual({ result: undefined });
    expect(log).toEqual([1, 2]);
  });

  test('multicall_down: nodes that are down, unknown names and silent servers are named, and the others answer', () => {
    const cluster = createCluster('a', 'b', 'c', 'd');
    for (const name of ['a', 'b', 'c']) cluster.nodes[name]?.spawn(server, [], { name: 'piller' });
    cluster.kill('c');
    let result: MultiCallResult | null = null;
    const targets = ['a', 'b', 'c', 'd', 'nowhere'].map((node) => ({ name: 'piller', node }));
    const story = routine('story', function* (_: null, context) {
      result = yield* multiCall(context, targets, 'hi', 100);
    });
    cluster.nodes.a?.spawn(story, null);
    cluster.settle();
    expect(result).toEqual({
      replies: targets.slice(0, 2).map((from) => ({ from, result: { got: 'hi' } })),
      bad: targets.slice(2),
    });
  });

  test('stop5, stop6, stop7: by name on a node a server is stopped with the given reason, and its name is free', () => {
    const { ends, log, b, named } = withServer();
    expect(ends((context) => stop(context, named, 'other'))).toEqual({ result: undefined });
    expect(log).toEqual([['terminate', 'other']]);
    expect(b.whereis('piller')).toBeUndefined();
  });

  test('stop8, stop9: stopping by pid or name on a node ends with noproc when it is gone, with noconnection when its node is', () => {
    for (const which of ['pid', 'named'] as const) {
      const made = withServer();
      const to = made[which];
      expect(made.ends((context) => stop(context, to))).toEqual({ result: undefined });
      expect(made.ends((context) => stop(context, to))).toBe('noproc');
      made.cluster.kill('b');
      expect(made.ends((context) => stop(context, to))).toBe('noconnection');
    }
  });

  test('stop10: if a server, or its node, ends otherwise while it is being stopped, its stopper ends with that reason', () => {
    const stuck: ExitReason[] = [];
    for (const end of ['server', 'node'] as const) {
      const { cluster, a, b, there, pid } = withServer();
      b.suspend(there);
      const story = routine('story', function* (_: null, context) {
        yield* stop(context, pid);
      });
      a.monitor(a.spawn(story, null), (reason) => stuck.push(reason));
      cluster.settle();
      if (end === 'server') b.exit(there, 'kill');
      else cluster.kill('b');
      cluster.settle();
    }
    expect(stuck).toEqual(['killed', 'noconnection']);
  });

  test('stop by an unknown local name ends with noproc', () => {
    const { ends } = withServer();
    expect(ends((context) => stop(context, 'nobody'))).toBe('noproc');
  });
});

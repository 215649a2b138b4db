/** What a process does to a process of another node: OTP's cases of signals, monitors, links and calls across nodes. */
import { describe, expect, test } from 'vitest';
import {
  type CallMessage,
  type Context,
  call,
  type ExitReason,
  genServer,
  type NodeMessage,
  type Pid,
  type Runtime,
  RuntimeError,
  receive,
  routine,
  stop,
} from '../../../../../targets/reference/runtime/index.ts';
import { doer, idle } from '../rig.ts';
import { createCluster, seenFrom } from './cluster.ts';

/** A process of node a that does what it is told and keeps what it gets, and one of node b that only exists. */
function pair() {
  const cluster = createCluster('a', 'b');
  const { a, b } = cluster.nodes as { a: Runtime; b: Runtime };
  const inbox: unknown[] = [];
  const reasons: ExitReason[] = [];
  const teller = { ...doer, init: () => inbox };
  const mine = a.spawn(teller, null);
  a.monitor(mine, (reason) => reasons.push(reason));
  const theirs = b.spawn(doer, null, { name: 'theirs' });
  const remote = seenFrom(a, theirs);
  const act = (deed: (context: Context) => void): void => {
    a.send(mine, deed);
    cluster.settle();
  };
  const actThere = (deed: (context: Context) => void): void => {
    b.send(theirs, deed);
    cluster.settle();
  };
  const away = seenFrom(b, mine);
  act(() => {});
  return { cluster, a, b, inbox, reasons, mine, theirs, remote, away, act, actThere };
}

/** A server of node b under a name: answers, waits, crashes as it is asked. */
const server = genServer({
  name: 'server',
  init: () => null,
  handleCall(request: unknown, from, state: null, context: Context) {
    if (request === 'wait') context.sendAfter(1000, context.self, { answer: from });
    else if (request === 'crash') throw new Error('asked to');
    else if (request !== 'never') context.reply(from, { got: request });
    return state;
  },
  handleInfo(message: { answer?: CallMessage['from'] }, state, context) {
    if (message.answer !== undefined) context.reply(message.answer, 'late');
    return state;
  },
});

describe('sending', () => {
  test('a message to a pid of another node arrives as it was sent, and only after it was delivered', () => {
    const { cluster, a, remote, b, theirs } = pair();
    a.send(remote, { text: 'hello', list: [1, null, undefined, 2.5, -7], bytes: Buffer.from('x') });
    expect(cluster.underWay('a', 'b')).toBe(1);
    cluster.settle();
    expect(b.details(theirs)?.reductions).toBe(1);
  });

  test('pids in messages keep their identity: of the sender, of the receiver, of others, each one object', () => {
    const cluster = createCluster('a', 'b', 'c');
    const { a, b, c } = cluster.nodes as { a: Runtime; b: Runtime; c: Runtime };
    const got: unknown[] = [];
    const keeper = { ...doer, init: () => got };
    const onB = b.spawn(keeper, null);
    const onA = a.spawn(idle, null);
    const onC = c.spawn(idle, null);
    for (let i = 0; i < 2; i++) a.send(seenFrom(a, onB), [onA, seenFrom(a, onB), seenFrom(a, onC)]);
    cluster.settle();
    const [first, second] = got as Pid[][];
    expect(first?.[1]).toBe(onB);
    expect(String(first?.[0])).toBe(String(onA));
    expect(String(first?.[2])).toBe(String(onC));
    expect([first?.[0] === second?.[0], first?.[2] === second?.[2]]).toEqual([true, true]);
    expect(first?.[0]).toBe(seenFrom(b, onA));
  });

  test('a pid that returns home is the process itself, even after it ended', () => {
    const { cluster, a, b, mine, remote, inbox, away } = pair();
    const gone = a.spawn(idle, null);
    a.send(remote, gone);
    a.exit(gone, 'kill');
    cluster.settle();
    b.send(away, [seenFrom(b, mine), seenFrom(b, gone)]);
    cluster.settle();
    const [self, dead] = inbox[0] as Pid[];
    expect([self === mine, dead === gone]).toEqual([true, true]);
  });

  test('a message to a name on another node arrives; to an unknown name it vanishes without an error', () => {
    const { act, b, theirs } = pair();
    act((context) => {
      context.send({ name: 'theirs', node: 'b' }, 1);
      context.send({ name: 'nobody', node: 'b' }, 2);
      context.send({ name: 'nobody', node: 'a' }, 3);
      context.send({ name: 'nobody', node: 'nowhere' }, 4);
    });
    expect(b.details(theirs)?.reductions).toBe(1);
    expect(b.counters.toNobody).toBe(1);
  });

  test('a timer sends to another node', () => {
    const { cluster, act, b, theirs, remote } = pair();
    act((context) => void context.sendAfter(50, remote, 'later'));
    cluster.platform.advance(49);
    expect(cluster.underWay('a', 'b')).toBe(0);
    cluster.platform.advance(1);
    cluster.settle();
    expect(b.details(theirs)?.reductions).toBe(1);
  });

  test('a value that cannot be sent is refused at the sender, with its place in the message', () => {
    const { a, b, remote, inbox, act, theirs } = pair();
    const send = (message: unknown): string => {
      try {
        a.send(remote, message);
        return 'sent';
      } catch (error) {
        return error instanceof RuntimeError && error.code === 'badarg' ? error.message : String(error);
      }
    };
    expect(send({ users: [{}, { seen: new Map() }] })).toBe(
      'the message.users[1].seen is of class Map, which cannot be sent to another node: send plain data, buffers, pids and references',
    );
    expect(send(() => {})).toContain('the message is a function');
    const round: unknown[] = [];
    round.push(round);
    expect(send(round)).toContain('contains itself');
    expect(send(Buffer.alloc(17 * 2 ** 20))).toContain('larger than');
    act((context) => {
      try {
        context.sendAfter(1, remote, { n: 1n });
      } catch (error) {
        inbox.push((error as RuntimeError).code);
      }
    });
    expect(inbox).toEqual(['badarg']);
    expect(b.details(theirs)?.reductions).toBe(0);
  });

  test('a message to a node that is not connected vanishes, and a sender outside the runtime is told', () => {
    const { cluster, a, remote } = pair();
    expect(a.send(remote, 1)).toBe(true);
    cluster.disconnect('a', 'b');
    expect(a.send(remote, 1)).toBe(false);
  });

  test('an alias works on another node once and no more', () => {
    const { cluster, act, a, actThere, remote, inbox, away } = pair();
    let there: unknown = null;
    const keep = (message: unknown): unknown[] => {
      there = message;
      return [];
    };
    const keeper = { ...doer, name: 'keeper', handle: keep };
    const b = cluster.nodes.b as Runtime;
    b.spawn(keeper, null, { name: 'keeper' });
    act((context) => context.send({ name: 'keeper', node: 'b' }, context.alias({ once: true })));
    actThere((context) => {
      context.send(there as Pid, 'first');
      context.send(there as Pid, 'second');
    });
    expect(inbox).toEqual(['first']);
    expect([a.name, remote.node, away.node]).toEqual(['a', 'b', 'a']);
  });
});

describe('monitors across nodes', () => {
  test('mon_1: fires once with the true reason', () => {
    const { act, actThere, remote, inbox } = pair();
    act((context) => void context.monitor(remote));
    actThere((context) => context.exit({ kind: 'odd', why: [1] }));
    expect(inbox).toMatchObject([{ type: 'DOWN', pid: remote, reason: { kind: 'odd', why: [1] } }]);
  });

  test('mon_2: on a dead process and on an unknown name it fires with noproc', () => {
    const { act, b, theirs, remote, inbox } = pair();
    b.exit(theirs, 'kill');
    act((context) => {
      context.monitor(remote);
      context.monitor({ name: 'theirs', node: 'b' });
    });
    expect(inbox).toMatchObject([
      { pid: remote, reason: 'noproc' },
      { pid: { name: 'theirs', node: 'b' }, reason: 'noproc' },
    ]);
  });

  test('mon_2: when the node goes down, and when it is not connected, it fires with noconnection, once', () => {
    const { cluster, act, inbox, remote, b } = pair();
    act((context) => void context.monitor(remote));
    cluster.disconnect('a', 'b');
    act((context) => void context.monitor(remote));
    cluster.connect('a', 'b');
    b.exit(b.whereis('theirs') as Pid, 'kill');
    cluster.settle();
    expect(inbox).toMatchObject([
      { type: 'DOWN', reason: 'noconnection' },
      { type: 'DOWN', reason: 'noconnection' },
    ]);
    expect(inbox.length).toBe(2);
  });

  test('named_down: a monitor by name of another node tells the reason', () => {
    const { act, b, inbox } = pair();
    act((context) => void context.monitor({ name: 'theirs', node: 'b' }));
    b.exit(b.whereis('theirs') as Pid, 'boom');
    act(() => {});
    expect(inbox).toMatchObject([{ pid: { name: 'theirs', node: 'b' }, reason: 'boom' }]);
  });

  test('demon_1: once removed, it does not fire, and the other node forgets it', () => {
    const { act, b, theirs, remote, inbox } = pair();
    let ref: ReturnType<Context['monitor']>;
    act((context) => {
      ref = context.monitor(remote);
    });
    expect(b.details(theirs)?.monitoredBy).toBe(1);
    act((context) => inbox.push(context.demonitor(ref), context.demonitor(ref)));
    expect(b.details(theirs)?.monitoredBy).toBe(0);
    b.exit(theirs, 'kill');
    act(() => {});
    expect(inbox).toEqual([true, false]);
  });

  test('a monitor outlives neither its owner nor the connection', () => {
    const { cluster, act, a, mine, b, theirs, remote } = pair();
    act((context) => void context.monitor(remote));
    a.exit(mine, 'kill');
    cluster.settle();
    expect(b.details(theirs)?.monitoredBy).toBe(0);
    a.monitor(remote, () => {});
    cluster.settle();
    expect(b.details(theirs)?.monitoredBy).toBe(1);
    cluster.disconnect('a', 'b');
    expect(b.details(theirs)?.monitoredBy).toBe(0);
  });

  test('a pid of an earlier start of a node means nobody once the new start is connected', () => {
    const { cluster, act, inbox, remote, a } = pair();
    cluster.kill('b');
    const again = cluster.start('b', 2);
    const heard: unknown[] = [];
    again.spawn({ ...doer, init: () => heard }, null);
    cluster.connect('a', 'b');
    act((context) => {
      context.monitor(remote);
      context.send(remote, 'hello');
      context.call(remote, 'hello');
    });
    expect(inbox).toMatchObject([
      { type: 'DOWN', reason: 'noproc' },
      { type: 'call-down', reason: 'noproc' },
    ]);
    expect(heard).toEqual([]);
    expect(a.send(remote, 1)).toBe(false);
  });

  test('a reason that cannot be sent is described in words', () => {
    const { act, actThere, remote, inbox } = pair();
    act((context) => void context.monitor(remote));
    actThere((context) => context.exit({ kind: 'odd', by: new Map([[1, 2]]) }));
    expect(inbox).toMatchObject([{ reason: { kind: 'string', by: 'Map of 1' } }]);
  });
});

describe('links across nodes', () => {
  test('the end of one side ends the other, with its reason', () => {
    const { act, actThere, remote, reasons } = pair();
    act((context) => context.link(remote));
    actThere((context) => context.exit('boom'));
    expect(reasons).toEqual(['boom']);
  });

  test('a process that traps exits gets the message, from the pid that it linked with', () => {
    const { act, actThere, remote, inbox } = pair();
    act((context) => {
      context.trapExit(true);
      context.link(remote);
    });
    actThere((context) => context.exit('normal'));
    expect(inbox).toEqual([{ type: 'EXIT', from: remote, reason: 'normal' }]);
  });

  test('a link to nobody sends noproc, and one to a node that is not connected sends noconnection', () => {
    const { cluster, act, b, theirs, remote, inbox } = pair();
    b.exit(theirs, 'kill');
    act((context) => {
      context.trapExit(true);
      context.link(remote);
    });
    cluster.disconnect('a', 'b');
    act((context) => context.link(remote));
    expect(inbox).toMatchObject([{ reason: 'noproc' }, { reason: 'noconnection' }]);
  });

  test('the loss of the connection breaks it on both sides, once', () => {
    const { cluster, act, actThere, remote, inbox, b, theirs } = pair();
    act((context) => {
      context.trapExit(true);
      context.link(remote);
    });
    expect(b.details(theirs)?.links.length).toBe(1);
    cluster.disconnect('a', 'b');
    actThere(() => {});
    expect(inbox).toEqual([{ type: 'EXIT', from: remote, reason: 'noconnection' }]);
    expect(b.isAlive(theirs)).toBe(false);
  });

  test('after an unlink, the end of the other side is not reported, even when it is under way', () => {
    const { cluster, a, b, mine, theirs, act, remote, reasons } = pair();
    act((context) => context.link(remote));
    b.exit(theirs, 'boom');
    expect(cluster.underWay('b', 'a')).toBe(1);
    a.send(mine, (context: Context) => context.unlink(remote));
    cluster.platform.settle();
    cluster.settle();
    expect(reasons).toEqual([]);
  });

  test('a link from one side and an unlink from the other that cross leave both sides in agreement', () => {
    const { cluster, a, b, mine, theirs, act, remote, away } = pair();
    act((context) => context.link(remote));
    a.send(mine, (context: Context) => context.unlink(remote));
    b.send(theirs, (context: Context) => context.link(away));
    cluster.settle();
    expect(a.details(mine)?.links.length).toBe(b.details(theirs)?.links.length);
  });
});

describe('exit signals', () => {
  test('exit/2 with any reason, and kill, which is seen as killed', () => {
    const { act, a, b, remote, inbox } = pair();
    const trapping = b.spawn({ ...doer, init: (_: null, context: Context) => [context.trapExit(true)] }, null);
    const other = seenFrom(a, trapping);
    act((context) => {
      context.monitor(remote);
      context.monitor(other);
      context.exitSignal(remote, 'normal');
      context.exitSignal(remote, 'boom');
      context.exitSignal(other, 'boom');
    });
    expect(inbox).toMatchObject([{ pid: remote, reason: 'boom' }]);
    act((context) => context.exitSignal(other, 'kill'));
    expect(inbox).toMatchObject([{}, { pid: other, reason: 'killed' }]);
  });

  test('exit/2 from outside the runtime reaches other nodes, and says when it cannot', () => {
    const { cluster, a, b, theirs, remote } = pair();
    expect(a.exit(remote, 'kill')).toBe(true);
    cluster.settle();
    expect(b.isAlive(theirs)).toBe(false);
    cluster.disconnect('a', 'b');
    expect(a.exit(remote, 'kill')).toBe(false);
  });
});

describe('calls across nodes', () => {
  function withServer() {
    const made = pair();
    const there = made.b.spawn(server, null, { name: 'server' });
    made.cluster.settle();
    return { ...made, server: seenFrom(made.a, there) };
  }

  test('call_remote1: by pid and by name on a node', () => {
    const { act, server: to, inbox } = withServer();
    act((context) => {
      context.call(to, { n: 1 });
      context.call({ name: 'server', node: 'b' }, 'x');
    });
    expect(inbox).toMatchObject([
      { type: 'reply', result: { got: { n: 1 } } },
      { type: 'reply', result: { got: 'x' } },
    ]);
  });

  test('call_remote2: an unknown name gives noproc, and a node that is not connected gives noconnection', () => {
    const { act, inbox } = withServer();
    act((context) => {
      context.call({ name: 'nobody', node: 'b' }, 1);
      context.call({ name: 'server', node: 'nowhere' }, 1);
    });
    expect(inbox.map((message) => (message as { reason: ExitReason }).reason).sort()).toEqual(['noconnection', 'noproc']);
  });

  test('call_remote3: the end of the server while it is asked is the outcome', () => {
    const { act, server: to, inbox } = withServer();
    act((context) => void context.call(to, 'crash'));
    expect(inbox).toMatchObject([{ type: 'call-down', reason: { kind: 'error', message: 'Error: asked to' } }]);
  });

  test('a reply that comes too late never reaches the message queue, and is counted', () => {
    const { cluster, act, a, b, server: to, inbox } = withServer();
    act((context) => void context.call(to, 'wait', 100));
    cluster.platform.advance(200);
    cluster.settle();
    cluster.platform.advance(2000);
    cluster.settle();
    expect(inbox).toMatchObject([{ type: 'call-timeout' }]);
    expect(a.counters.lateReplies).toBe(1);
    expect(b.details(b.whereis('server') as Pid)?.monitoredBy).toBe(0);
  });

  test('a call is two signals: after the reply the server is no longer monitored, and its end is not reported', () => {
    const { act, a, b, server: to, inbox } = withServer();
    act((context) => void context.call(to, 1));
    expect([a.counters.signalsSent, b.counters.signalsSent]).toEqual([1, 1]);
    expect(b.details(b.whereis('server') as Pid)?.monitoredBy).toBe(0);
    b.exit(b.whereis('server') as Pid, 'kill');
    act(() => {});
    expect(inbox.length).toBe(1);
  });

  test('noconnection while waiting is the outcome, once, and a reply on a new connection comes too late', () => {
    const { cluster, act, server: to, inbox } = withServer();
    act((context) => void context.call(to, 'wait', 5000));
    cluster.disconnect('a', 'b');
    cluster.connect('a', 'b');
    cluster.platform.advance(10_000);
    cluster.settle();
    expect(inbox).toMatchObject([{ type: 'call-down', reason: 'noconnection' }]);
    expect(inbox.length).toBe(1);
  });

  test('a request may be passed on to a third node, which answers', () => {
    const cluster = createCluster('a', 'b', 'c');
    const { a, b, c } = cluster.nodes as { a: Runtime; b: Runtime; c: Runtime };
    const front = {
      ...idle,
      handle: (message: unknown, state: null, context: Context) => {
        context.send({ name: 'back', node: 'c' }, { answer: (message as CallMessage).from });
        return state;
      },
    };
    const back = {
      ...idle,
      handle: (message: unknown, state: null, context: Context) => {
        context.reply((message as { answer: CallMessage['from'] }).answer, 'from c');
        return state;
      },
    };
    const there = b.spawn(front, null);
    c.spawn(back, null, { name: 'back' });
    const outcomes: unknown[] = [];
    a.call(seenFrom(a, there), 'x', 1000, (outcome) => outcomes.push(outcome));
    cluster.settle();
    expect(outcomes).toEqual([{ type: 'reply', result: 'from c' }]);
    expect(b.details(there)?.monitoredBy).toBe(0);
  });

  test('a routine calls a process of another node, and stops it', () => {
    const { cluster, a, server: to } = withServer();
    const results: unknown[] = [];
    const story = routine('story', function* (_: null, context) {
      results.push(yield* call(context, to, 'hi'));
      yield* stop(context, to, 'shutdown');
      results.push('stopped');
      yield* receive(() => true, 1);
    });
    a.spawn(story, null);
    cluster.settle();
    expect(results).toEqual([{ got: 'hi' }, 'stopped']);
  });
});

describe('nodes that join and leave', () => {
  test('are reported to everybody who asked, before anything from there arrives', () => {
    const cluster = createCluster();
    const a = cluster.start('a');
    const b = cluster.start('b');
    const inbox: unknown[] = [];
    const watcher = {
      ...doer,
      init(_: null, context: Context) {
        context.monitorNodes();
        return inbox;
      },
    };
    const mine = a.spawn(watcher, null);
    cluster.settle();
    cluster.connect('a', 'b');
    b.send(seenFrom(b, mine), 'hello');
    expect(a.nodes()).toEqual(['b']);
    cluster.settle();
    cluster.disconnect('a', 'b');
    cluster.settle();
    expect(inbox.map((message) => (message as NodeMessage).type ?? message)).toEqual(['nodeup', 'hello', 'nodedown']);
    expect(inbox[0]).toEqual({ type: 'nodeup', node: { name: 'b', creation: 1 } });
    expect(a.nodes()).toEqual([]);
  });
});

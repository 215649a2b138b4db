/** The cases of OTP's monitor_SUITE, under their names there. */
import { describe, expect, test } from 'vitest';
import {
  type Context,
  type DownMessage,
  RECEIVE_TIMEOUT,
  type RuntimeError,
  receive,
} from '../../../../targets/reference/runtime/index.ts';
import { RemotePid } from '../../../../targets/reference/runtime/pid.ts';
import { createRig, doer, idle, once } from './rig.ts';

describe('monitor_SUITE', () => {
  test('mon_1: a monitor on a living process fires once, when it ends, with its reason', () => {
    const { run } = createRig();
    const [down, more, pid, ref] = run(function* (context) {
      const watched = context.spawn(doer, null);
      const monitor = context.monitor(watched);
      context.send(watched, (theirs: Context) => theirs.exit('foo'));
      return [(yield* receive()) as DownMessage, yield* receive(() => true, 10), watched, monitor] as const;
    });
    expect(down).toEqual({ type: 'DOWN', ref, pid, reason: 'foo' });
    expect(more).toBe(RECEIVE_TIMEOUT);
  });

  test('mon_1: a monitor on a dead process fires at once, with noproc', () => {
    const { run } = createRig();
    const down = run(function* (context) {
      const { pid, ref } = context.spawnMonitor(once, () => {});
      yield* receive((message) => (message as DownMessage).ref === ref);
      context.monitor(pid);
      return (yield* receive()) as DownMessage;
    });
    expect(down.reason).toBe('noproc');
  });

  test('mon_2: several monitors on one process all fire, each with its own reference', () => {
    const { run } = createRig();
    const fired = run(function* (context) {
      const watched = context.spawn(idle, null);
      const refs = [context.monitor(watched), context.monitor(watched), context.monitor(watched)];
      context.exitSignal(watched, 'bye');
      const downs = [(yield* receive()) as DownMessage, (yield* receive()) as DownMessage, (yield* receive()) as DownMessage];
      return refs.map((ref) => downs.filter((down) => down.ref === ref && down.reason === 'bye').length);
    });
    expect(fired).toEqual([1, 1, 1]);
  });

  test('mon_2: a process of a node that is not connected is down with noconnection', () => {
    const { run } = createRig();
    const down = run(function* (context) {
      context.monitor(new RemotePid({ name: 'elsewhere', creation: 1 }, 7));
      return (yield* receive()) as DownMessage;
    });
    expect(down.reason).toBe('noconnection');
  });

  test('mon_2: a pid of an earlier start of this node means nobody', () => {
    const { run } = createRig();
    const down = run(function* (context) {
      context.monitor(new RemotePid({ name: 'test', creation: 0 }, 0));
      return (yield* receive()) as DownMessage;
    });
    expect(down.reason).toBe('noproc');
  });

  test('demon_e_1: something that is not a monitor cannot be removed', () => {
    const { act } = createRig();
    const code = act((context) => {
      try {
        context.demonitor(context.sendAfter(10, context.self, 'x'));
      } catch (error) {
        return (error as RuntimeError).code;
      }
    });
    expect(code).toBe('badarg');
  });

  test('demon_1: a monitor that was removed does not fire', () => {
    const { run } = createRig();
    const [taken, message] = run(function* (context) {
      const watched = context.spawn(idle, null);
      const off = context.demonitor(context.monitor(watched));
      context.exitSignal(watched, 'boom');
      return [off, yield* receive(() => true, 10)] as const;
    });
    expect(taken).toBe(true);
    expect(message).toBe(RECEIVE_TIMEOUT);
  });

  test('demon_2: removing it twice is not an error, and the second time says so', () => {
    const { act } = createRig();
    const off = act((context) => {
      const ref = context.monitor(context.spawn(idle, null));
      return [context.demonitor(ref), context.demonitor(ref)];
    });
    expect(off).toEqual([true, false]);
  });

  test('demon_3: of several monitors on one process, one that is removed in the turn it was set stays silent, and only that one', () => {
    const { run } = createRig();
    const reasons = run(function* (context) {
      const watched = context.spawn(idle, null);
      const kept = context.monitor(watched);
      context.demonitor(context.monitor(watched));
      context.exitSignal(watched, 'boom');
      const down = (yield* receive()) as DownMessage;
      return [down.ref === kept, yield* receive(() => true, 10)];
    });
    expect(reasons).toEqual([true, RECEIVE_TIMEOUT]);
  });

  test('demonitor_flush: a DOWN that is already in the message queue is removed, and nothing else is', () => {
    const { run } = createRig();
    const left = run(function* (context) {
      const watched = context.spawn(idle, null);
      const ref = context.monitor(watched);
      const other = context.monitor(watched);
      context.send(context.self, 'before');
      context.exitSignal(watched, 'boom');
      context.send(context.self, 'after');
      context.demonitor(ref, { flush: true });
      const first = yield* receive();
      const down = (yield* receive()) as DownMessage;
      return [first, down.ref === other, yield* receive(), yield* receive(() => true, 10)];
    });
    expect(left).toEqual(['before', true, 'after', RECEIVE_TIMEOUT]);
  });

  test('demonitor_flush: without flush it stays', () => {
    const { run } = createRig();
    const message = run(function* (context) {
      const watched = context.spawn(idle, null);
      const ref = context.monitor(watched);
      context.exitSignal(watched, 'boom');
      context.demonitor(ref);
      return (yield* receive()) as DownMessage;
    });
    expect(message.reason).toBe('boom');
  });

  test('named_down: a monitor by name gives the name and the node, even after the name went to another process', () => {
    const { run } = createRig();
    const down = run(function* (context) {
      const first = context.spawn(idle, null, { name: 'worker' });
      context.monitor('worker');
      context.unregister('worker');
      context.spawn(idle, null, { name: 'worker' });
      context.exitSignal(first, 'boom');
      return (yield* receive()) as DownMessage;
    });
    expect(down).toMatchObject({ pid: { name: 'worker', node: 'test' }, reason: 'boom' });
  });

  test('named_down: a monitor on an unknown name fires with noproc', () => {
    const { run } = createRig();
    const down = run(function* (context) {
      context.monitor('nobody');
      return (yield* receive()) as DownMessage;
    });
    expect(down).toMatchObject({ pid: { name: 'nobody', node: 'test' }, reason: 'noproc' });
  });

  test('large_exit: a reason of any size arrives unchanged', () => {
    const { run } = createRig();
    const large = { kind: 'shutdown' as const, term: Array.from({ length: 100_000 }, (_, i) => i) };
    const down = run(function* (context) {
      const { pid } = context.spawnMonitor(idle, null);
      context.exitSignal(pid, large);
      return (yield* receive()) as DownMessage;
    });
    expect(down.reason).toBe(large);
  });

  test('a monitor does not outlive its owner', () => {
    const { runtime, platform } = createRig();
    const watched = runtime.spawn(idle, null);
    const owner = runtime.spawn(doer, null);
    runtime.send(owner, (context: Context) => void context.monitor(watched));
    platform.settle();
    expect(runtime.details(watched)?.monitoredBy).toBe(1);
    runtime.exit(owner, 'kill');
    expect(runtime.details(watched)?.monitoredBy).toBe(0);
  });

  test('an exit signal does not remove a monitor: both a link and a monitor report the same end', () => {
    const { run } = createRig();
    const types = run(function* (context) {
      context.trapExit(true);
      const pid = context.spawn(idle, null, { link: true });
      context.monitor(pid);
      context.exitSignal(pid, 'boom');
      return [((yield* receive()) as { type: string }).type, ((yield* receive()) as { type: string }).type].sort();
    });
    expect(types).toEqual(['DOWN', 'EXIT']);
  });
});

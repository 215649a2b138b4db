/** The cases of OTP's supervisor_SUITE about starting, stopping and administering children, under their names there. */
import { describe, expect, test } from 'vitest';
import {
  changeSpec,
  countChildren,
  deleteChild,
  getChildSpec,
  restartChild,
  startChild,
  startDynamicChild,
  supervisor,
  terminateChild,
  whichChildren,
} from '../../../../targets/reference/runtime/index.ts';
import { createSupervised } from './supervised.ts';

describe('supervisor_SUITE, starting', () => {
  test('sup_start_normal: a supervisor starts its children in order', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a'), sup.child('b'), sup.child('c')] });
    expect(sup.log).toEqual(['start a', 'start b', 'start c']);
  });

  test('sup_start_ignore_child: a child that ignores its start stays known, without a pid', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a', { starts: ['ignore'] }), sup.child('b')] });
    expect(sup.ask(whichChildren())).toMatchObject([{ id: 'b' }, { id: 'a', pid: 'undefined' }]);
    expect(sup.ask(restartChild('a'))).toEqual({ ok: 'undefined' });
  });

  test('sup_start_ignore_temporary_child: a temporary child that ignores its start is forgotten', () => {
    const sup = createSupervised();
    sup.start({
      strategy: 'one_for_one',
      children: [sup.child('a', { restart: 'temporary', starts: ['ignore'] }), sup.child('b')],
    });
    expect(sup.ask(whichChildren())).toMatchObject([{ id: 'b' }]);
  });

  test('sup_start_ignore_temporary_child_start_child: the same for one that is added later', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [] });
    expect(sup.ask(startChild(sup.child('a', { restart: 'temporary', starts: ['ignore'] })))).toEqual({ ok: 'undefined' });
    expect(sup.ask(whichChildren())).toEqual([]);
  });

  test('sup_start_ignore_permanent_child_start_child_simple: a dynamic child that ignores its start is not counted', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'simple_one_for_one', child: sup.child('a', { starts: ['ignore'] }) });
    expect(sup.ask(startDynamicChild(null))).toEqual({ ok: 'undefined' });
    expect(sup.ask(countChildren())).toEqual({ specs: 1, active: 0, supervisors: 0, workers: 0 });
  });

  test('sup_start_fail: a child that cannot start ends the supervisor, and the error says which one and why', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a'), sup.child('b', { starts: ['fail'] }), sup.child('c')] });
    expect(sup.ended()).toEqual({ kind: 'shutdown', term: { failed_to_start_child: 'b', reason: 'refused' } });
    expect(sup.log).toEqual(['start a', 'start b fail', 'stop a shutdown']);
  });

  test('sup_start_child_returns_error: a child added later that cannot start is not kept', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [] });
    expect(sup.ask(startChild(sup.child('a', { starts: ['fail'] })))).toEqual({ error: 'refused' });
    expect(sup.ask(whichChildren())).toEqual([]);
  });

  test('sup_start_restart_child_returns_error: a stopped child that cannot start again stays stopped', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a', { starts: ['ok', 'fail', 'ok'] })] });
    sup.ask(terminateChild('a'));
    expect(sup.ask(restartChild('a'))).toEqual({ error: 'refused' });
    expect(sup.ask(whichChildren())).toMatchObject([{ id: 'a', pid: 'undefined' }]);
    expect(sup.ask(restartChild('a'))).toEqual({ ok: sup.pidOf('a') });
  });

  test('sup_start_map_faulty_specs: a faulty spec ends the start with every fault named', () => {
    const sup = createSupervised();
    const twice = [sup.child('a'), sup.child('a', { significant: true, restart: 'permanent' })];
    sup.start({ strategy: 'one_for_one', intensity: -1, children: twice });
    const { message } = sup.ended() as { message: string };
    expect(message).toContain('intensity -1');
    expect(message).toContain('two children with this id');
    expect(message).toContain('only transient and temporary children may be significant');
  });

  test('extra_return: the pid of a started child is what start_child answers', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [] });
    expect(sup.ask(startChild(sup.child('a')))).toEqual({ ok: sup.pidOf('a') });
  });
});

describe('supervisor_SUITE, stopping', () => {
  test('order_of_children: children stop in the reverse order of their start', () => {
    const sup = createSupervised();
    const pid = sup.start({ strategy: 'one_for_one', children: ['a', 'b', 'c'].map((id) => sup.child(id)) });
    sup.log.length = 0;
    sup.runtime.exit(pid, 'shutdown');
    sup.platform.settle();
    expect(sup.log).toEqual(['stop c shutdown', 'stop b shutdown', 'stop a shutdown']);
    expect(sup.ended()).toBe('shutdown');
  });

  test('sup_stop_infinity: the supervisor waits for a child as long as it takes', () => {
    const sup = createSupervised();
    const pid = sup.start({ strategy: 'one_for_one', children: [sup.child('a', { shutdown: 'infinity', deaf: true })] });
    sup.runtime.exit(pid, 'shutdown');
    sup.platform.advance(3_600_000);
    expect(sup.ended()).toBeUndefined();
    sup.exit('a', 'normal');
    expect(sup.ended()).toBe('shutdown');
  });

  test('sup_stop_timeout: a child that ignores shutdown is killed when its time is up', () => {
    const sup = createSupervised();
    const pid = sup.start({
      strategy: 'one_for_one',
      children: [sup.child('a', { shutdown: 1000, deaf: true }), sup.child('b')],
    });
    sup.runtime.exit(pid, 'shutdown');
    sup.platform.advance(999);
    expect(sup.ended()).toBeUndefined();
    sup.platform.advance(2);
    expect(sup.ended()).toBe('shutdown');
    expect(sup.reports).toMatchObject([{ context: 'shutdown_error', reason: 'killed', child: { id: 'a' } }]);
  });

  test('sup_stop_brutal_kill: a child is killed at once and not asked', () => {
    const sup = createSupervised();
    const pid = sup.start({ strategy: 'one_for_one', children: [sup.child('a', { shutdown: 'brutal_kill' })] });
    sup.runtime.exit(pid, 'shutdown');
    sup.platform.settle();
    expect(sup.ended()).toBe('shutdown');
    expect(sup.log).toEqual(['start a']);
    expect(sup.reports).toEqual([]);
  });

  test('sup_stop: the end of a linked process other than its parent and its children does not affect it', () => {
    const sup = createSupervised();
    const pid = sup.start({ strategy: 'one_for_one', children: [sup.child('a')] });
    sup.act((context) => {
      context.link(pid);
      context.stop('boom');
    });
    expect(sup.ended()).toBeUndefined();
  });

  test('child_adm: start, terminate, restart and delete answer as OTP does', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a')] });
    const pid = sup.pidOf('a');
    expect(sup.ask(startChild(sup.child('a')))).toEqual({ error: { already_started: pid } });
    expect(sup.ask(restartChild('a'))).toEqual({ error: 'running' });
    expect(sup.ask(deleteChild('a'))).toEqual({ error: 'running' });
    expect(sup.ask(terminateChild('b'))).toEqual({ error: 'not_found' });
    expect(sup.ask(terminateChild('a'))).toEqual({ ok: true });
    expect(sup.runtime.isAlive(pid)).toBe(false);
    expect(sup.ask(terminateChild('a'))).toEqual({ ok: true });
    expect(sup.ask(startChild(sup.child('a')))).toEqual({ error: 'already_present' });
    expect(sup.ask(restartChild('a'))).toMatchObject({ ok: sup.pidOf('a') });
    expect(sup.ask(terminateChild('a'))).toEqual({ ok: true });
    expect(sup.ask(deleteChild('a'))).toEqual({ ok: true });
    expect(sup.ask(deleteChild('a'))).toEqual({ error: 'not_found' });
    expect(sup.ask(restartChild('a'))).toEqual({ error: 'not_found' });
  });

  test('child_adm_simple: dynamic children are terminated by pid, and what needs an id is refused', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'simple_one_for_one', child: sup.child('a') });
    const { ok } = sup.ask(startDynamicChild(null)) as { ok: typeof sup.pid };
    expect(sup.ask(terminateChild('a'))).toEqual({ error: 'simple_one_for_one' });
    expect(sup.ask(restartChild('a'))).toEqual({ error: 'simple_one_for_one' });
    expect(sup.ask(deleteChild('a'))).toEqual({ error: 'simple_one_for_one' });
    expect(sup.ask(terminateChild(sup.pid))).toEqual({ error: 'not_found' });
    expect(sup.ask(terminateChild(ok))).toEqual({ ok: true });
    expect(sup.ask(whichChildren())).toEqual([]);
  });

  test('child_specs: get_childspec gives the spec with its defaults', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a')] });
    expect(sup.ask(getChildSpec('a'))).toMatchObject({ ok: { id: 'a', restart: 'permanent', shutdown: 5000, type: 'worker' } });
    expect(sup.ask(getChildSpec('b'))).toEqual({ error: 'not_found' });
  });

  test('count_children: specs, active, supervisors and workers', () => {
    const sup = createSupervised();
    const nested = { id: 'n', start: supervisor, args: { strategy: 'one_for_one', children: [] }, type: 'supervisor' as const };
    sup.start({ strategy: 'one_for_one', children: [sup.child('a'), sup.child('b', { starts: ['ignore'] }), nested] });
    expect(sup.ask(countChildren())).toEqual({ specs: 3, active: 2, supervisors: 1, workers: 2 });
  });

  test('child_unlink: a child that unlinked itself is still stopped, and waited for', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a', { deaf: true, shutdown: 100 })] });
    const pid = sup.pidOf('a');
    sup.runtime.send(pid, { do: (context: { unlink(other: unknown): void }) => context.unlink(sup.pid) });
    sup.platform.settle();
    expect(sup.ask(terminateChild('a'))).toEqual({ ok: true });
    expect(sup.runtime.isAlive(pid)).toBe(false);
  });

  test('tree: supervisors nest, and the end of the root ends all, leaves first', () => {
    const sup = createSupervised();
    const inner = { strategy: 'one_for_one', children: [sup.child('x'), sup.child('y')] };
    const nested = { id: 'inner', start: supervisor, args: inner, type: 'supervisor' as const };
    const pid = sup.start({ strategy: 'one_for_one', children: [sup.child('a'), nested, sup.child('b')] });
    const shape = (node: ReturnType<typeof sup.runtime.tree>[number]): unknown =>
      node.children.length === 0 ? node.id : { [node.id ?? node.behaviour]: node.children.map(shape) };
    expect(sup.runtime.tree().map(shape)).toEqual([{ supervisor: ['a', { inner: ['x', 'y'] }, 'b'] }]);
    sup.log.length = 0;
    sup.runtime.exit(pid, 'shutdown');
    sup.platform.settle();
    expect(sup.log).toEqual(['stop b shutdown', 'stop y shutdown', 'stop x shutdown', 'stop a shutdown']);
    expect(sup.runtime.size).toBe(0);
  });

  test('code_change: other flags and specs for the same children, none of which is disturbed', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', intensity: 0, children: [sup.child('a')] });
    const pid = sup.pidOf('a');
    const spec = {
      strategy: 'one_for_all' as const,
      intensity: 5,
      children: [sup.child('a', { restart: 'transient' }), sup.child('b')],
    };
    expect(sup.ask(changeSpec(spec))).toEqual({ ok: true });
    expect(sup.ask(whichChildren())).toMatchObject([
      { id: 'b', pid: 'undefined' },
      { id: 'a', pid, restart: 'transient' },
    ]);
    sup.exit('a', 'boom');
    expect(sup.ended()).toBeUndefined();
  });

  test('code_change_simple: the template changes, and the strategy may not', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'simple_one_for_one', child: sup.child('a') });
    expect(sup.ask(changeSpec({ strategy: 'one_for_one', children: [] }))).toEqual({ error: 'bad_strategy' });
    expect(sup.ask(changeSpec({ strategy: 'simple_one_for_one', child: sup.child('z') }))).toEqual({ ok: true });
    sup.ask(startDynamicChild(null));
    expect(sup.log).toEqual(['start z']);
  });
});

/** The cases of OTP's supervisor_SUITE about restarts and strategies, under their names there. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countChildren,
  type ExitReason,
  type Pid,
  startDynamicChild,
  whichChildren,
} from '../../../../targets/reference/runtime/index.ts';
import { RestartIntensity } from '../../../../targets/reference/runtime/supervisor/restart-intensity.ts';
import { createSupervised } from './supervised.ts';

const ENDS: Record<string, ExitReason> = { normal: 'normal', shutdown: 'shutdown', abnormal: 'abnormal' };
const STRATEGIES = ['one_for_one', 'one_for_all', 'rest_for_one'] as const;

describe('supervisor_SUITE, restart types', () => {
  const comesBack: Record<string, readonly string[]> = {
    permanent: ['normal', 'shutdown', 'abnormal'],
    transient: ['abnormal'],
    temporary: [],
  };
  for (const restart of ['permanent', 'transient', 'temporary'] as const) {
    for (const end of ['normal', 'shutdown', 'abnormal']) {
      const back = comesBack[restart]?.includes(end) === true;
      test(`${restart}_${end}: a ${restart} child that ends with ${end} is ${back ? '' : 'not '}started again`, () => {
        const sup = createSupervised();
        sup.start({ strategy: 'one_for_one', children: [sup.child('a', { restart })] });
        const before = sup.pidOf('a');
        sup.exit('a', ENDS[end] as ExitReason);
        expect(sup.running().has('a')).toBe(back);
        if (back) expect(sup.running().get('a')).not.toBe(before);
        expect(sup.ask(countChildren())).toMatchObject({ specs: restart === 'temporary' ? 0 : 1, active: back ? 1 : 0 });
      });
    }
  }

  test('permanent_shutdown: {shutdown, Term} is as orderly as shutdown', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a', { restart: 'transient' })] });
    sup.exit('a', { kind: 'shutdown', term: 'upgrade' });
    expect(sup.running().size).toBe(0);
    expect(sup.reports).toEqual([]);
  });

  test.each(STRATEGIES.slice(1))(
    'temporary_bystander: under %s a temporary child that was stopped with its siblings is not restarted',
    (strategy) => {
      const sup = createSupervised();
      sup.start({ strategy, children: [sup.child('a'), sup.child('b', { restart: 'temporary' })] });
      sup.exit('a', 'boom');
      expect([...sup.running().keys()]).toEqual(['a']);
      expect(sup.ask(countChildren())).toMatchObject({ specs: 1 });
    },
  );
});

describe('supervisor_SUITE, strategies', () => {
  const afterTheEndOfB = (strategy: (typeof STRATEGIES)[number]) => {
    const sup = createSupervised();
    sup.start({ strategy, intensity: 3, children: ['a', 'b', 'c'].map((id) => sup.child(id)) });
    sup.log.length = 0;
    sup.exit('b', 'boom');
    return sup.log;
  };

  test('one_for_one: only the child that ended is started again', () => {
    expect(afterTheEndOfB('one_for_one')).toEqual(['start b']);
  });

  test('one_for_all: all others are stopped in reverse order, and all are started in order', () => {
    expect(afterTheEndOfB('one_for_all')).toEqual(['stop c shutdown', 'stop a shutdown', 'start a', 'start b', 'start c']);
  });

  test('rest_for_one: those started after it are stopped, and they and it are started in order', () => {
    expect(afterTheEndOfB('rest_for_one')).toEqual(['stop c shutdown', 'start b', 'start c']);
  });

  test.each(STRATEGIES)(
    '%s_escalation: one restart more than the intensity ends the supervisor, and all its children',
    (strategy) => {
      const sup = createSupervised();
      sup.start({ strategy, intensity: 1, periodMs: 1000, children: [sup.child('a'), sup.child('b')] });
      sup.exit('a', 'boom');
      expect(sup.ended()).toBeUndefined();
      sup.exit('a', 'boom');
      expect(sup.ended()).toBe('shutdown');
      expect(sup.runtime.size).toBe(0);
      expect(sup.reports.at(-1)).toMatchObject({ context: 'shutdown', reason: 'reached_max_restart_intensity' });
    },
  );

  test('one_for_one_escalation: restarts that are further apart than the period are tolerated for ever', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', intensity: 1, periodMs: 1000, children: [sup.child('a')] });
    for (let i = 0; i < 50; i++) {
      sup.exit('a', 'boom');
      sup.platform.advance(1001);
    }
    expect(sup.ended()).toBeUndefined();
  });

  test('one_for_all_other_child_fails_restart: if a sibling cannot start, all are tried again', () => {
    const sup = createSupervised();
    const children = [sup.child('a'), sup.child('b', { starts: ['ok', 'fail', 'ok'] })];
    sup.start({ strategy: 'one_for_all', intensity: 5, children });
    sup.log.length = 0;
    sup.exit('a', 'boom');
    expect(sup.log).toEqual(['stop b shutdown', 'start a', 'start b fail', 'stop a shutdown', 'start a', 'start b']);
    expect(sup.running().size).toBe(2);
  });

  test('rest_for_one_other_child_fails_restart: a later sibling that cannot start is tried again, without the first', () => {
    const sup = createSupervised();
    const children = [sup.child('a'), sup.child('b', { starts: ['ok', 'fail', 'ok'] }), sup.child('c')];
    sup.start({ strategy: 'rest_for_one', intensity: 5, children });
    sup.log.length = 0;
    sup.exit('a', 'boom');
    expect(sup.log).toEqual(['stop c shutdown', 'stop b shutdown', 'start a', 'start b fail', 'start b', 'start c']);
  });

  test('multiple_restarts: children that end at the same moment are all started again', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', intensity: 10, children: ['a', 'b', 'c'].map((id) => sup.child(id)) });
    for (const id of ['a', 'b', 'c']) sup.runtime.exit(sup.pidOf(id), 'kill');
    sup.platform.settle();
    expect(sup.running().size).toBe(3);
  });

  test('count_restarting_children: a child whose restart fails is listed as restarting while it is tried again', () => {
    const sup = createSupervised();
    const failing = sup.child('a', { starts: ['ok', 'fail', 'fail', 'ok'] });
    const seen: unknown[] = [];
    // Asked in the middle of a start, so that the supervisor finds the question right after it.
    const start: typeof failing.start = {
      ...failing.start,
      init(args, context) {
        sup.runtime.call(context.parent as Pid, whichChildren(), 1000, (outcome) => seen.push(outcome));
        return failing.start.init(args, context);
      },
    };
    sup.start({ strategy: 'one_for_one', intensity: 10, children: [{ ...failing, start }] });
    sup.exit('a', 'boom');
    expect(seen).toMatchObject([
      { result: [{ id: 'a' }] },
      { result: [{ pid: 'restarting' }] },
      { result: [{ pid: 'restarting' }] },
      { result: [{ pid: sup.pidOf('a') }] },
    ]);
    expect(sup.running().size).toBe(1);
  });

  test.each(STRATEGIES)(
    'hanging_restart_loop: under %s, a child that can never start again exceeds the intensity',
    (strategy) => {
      const sup = createSupervised();
      sup.start({
        strategy,
        intensity: 8,
        periodMs: 10_000,
        children: [sup.child('a', { starts: ['ok', 'fail'] }), sup.child('b')],
      });
      sup.exit('a', 'boom');
      expect(sup.ended()).toBe('shutdown');
      expect(sup.log.filter((line) => line === 'start a fail')).toHaveLength(8);
    },
  );

  test('hanging_restart_loop_simple: the same for a dynamic child', () => {
    const sup = createSupervised();
    sup.start({
      strategy: 'simple_one_for_one',
      intensity: 8,
      periodMs: 10_000,
      child: sup.child('a', { starts: ['ok', 'fail'] }),
    });
    sup.ask(startDynamicChild(null));
    sup.exit('a', 'boom');
    expect(sup.ended()).toBe('shutdown');
    expect(sup.log.filter((line) => line === 'start a fail')).toHaveLength(8);
  });

  test('the intensity is a sliding window: it agrees with counting the last period at each restart', () => {
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.nat(30), { maxLength: 40 }),
        (intensity, periodMs, gaps) => {
          const counter = new RestartIntensity(intensity, periodMs);
          let nowMs = 0;
          const times: number[] = [];
          for (const gap of gaps) {
            nowMs += gap;
            times.push(nowMs);
            expect(counter.add(nowMs)).toBe(times.filter((atMs) => atMs >= nowMs - periodMs).length <= intensity);
          }
        },
      ),
    );
  });
});

describe('supervisor_SUITE, dynamic children', () => {
  test('simple_one_for_one: each child is started with the arguments it was asked with, again when it is restarted', () => {
    const sup = createSupervised();
    const args: unknown[] = [];
    const child = sup.child('a');
    const start: typeof child.start = {
      ...child.start,
      init(given, context) {
        args.push(given);
        return child.start.init(given, context);
      },
    };
    sup.start({ strategy: 'simple_one_for_one', child: { ...child, start } });
    sup.ask(startDynamicChild('first'));
    sup.ask(startDynamicChild('second'));
    sup.exit('a', 'boom');
    expect(args).toEqual(['first', 'second', 'second']);
  });

  test('simple_one_for_one_extra: a child spawned under the supervisor is its child like any other', () => {
    const sup = createSupervised();
    const child = sup.child('a');
    sup.start({ strategy: 'simple_one_for_one', child });
    const pid = sup.runtime.spawn(child.start, null, { under: sup.pid });
    expect(sup.ask(whichChildren())).toMatchObject([{ pid }]);
    sup.exit('a', 'boom');
    expect(sup.ask(countChildren())).toMatchObject({ active: 1 });
    expect(sup.runtime.isAlive(pid)).toBe(false);
  });

  test('simple_one_for_one_extra: a child that dies before the supervisor knows of it is restarted all the same', () => {
    const sup = createSupervised();
    const child = sup.child('a');
    sup.start({ strategy: 'simple_one_for_one', child });
    sup.runtime.exit(sup.runtime.spawn(child.start, null, { under: sup.pid }), 'kill');
    sup.platform.settle();
    expect(sup.ask(countChildren())).toMatchObject({ active: 1 });
  });

  test('a child spawned under a supervisor that is dead dies with noproc', () => {
    const sup = createSupervised();
    const child = sup.child('a');
    sup.start({ strategy: 'simple_one_for_one', child });
    sup.runtime.exit(sup.pid, 'kill');
    const pid = sup.runtime.spawn(child.start, null, { under: sup.pid });
    expect(sup.runtime.isAlive(pid)).toBe(false);
  });

  test('simple_one_for_one_shutdown: children are stopped at once and share one time limit', () => {
    const sup = createSupervised();
    const pid = sup.start({ strategy: 'simple_one_for_one', child: sup.child('a', { deaf: true, shutdown: 1000 }) });
    for (let i = 0; i < 50; i++) sup.ask(startDynamicChild(i));
    sup.runtime.exit(pid, 'shutdown');
    sup.platform.advance(1001);
    expect(sup.ended()).toBe('shutdown');
    expect(sup.runtime.size).toBe(0);
  });

  test('simple_one_for_one_escalation: the intensity counts all children together', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'simple_one_for_one', intensity: 2, child: sup.child('a') });
    for (let i = 0; i < 3; i++) sup.ask(startDynamicChild(i));
    for (const pid of sup.running().values()) sup.runtime.exit(pid, 'kill');
    sup.platform.settle();
    expect(sup.ended()).toBe('shutdown');
  });
});

/** Whatever moment an interruption comes, the runtime's own structures are whole afterwards: one process pays, everybody learns of it. */
import { describe, expect, test } from 'vitest';
import {
  type Behaviour,
  type Context,
  createRuntime,
  type Pid,
  type Runtime,
} from '../../../../targets/reference/runtime/index.ts';
import { CutTurns } from '../cut-turns.ts';
import { createManualPlatform } from './manual-platform.ts';
import { idle } from './rig.ts';

type Message = { readonly type: string; readonly pid?: Pid; readonly from?: never };

/** What happened, seen from outside of the runtime. */
interface Story {
  readonly runtime: Runtime;
  readonly born: Pid[];
  /** How often somebody was told of an end: by process, by who was told. */
  readonly told: Map<Pid, { outside: number; watcher: number }>;
  readonly watched: Set<Pid>;
  readonly strokes: number;
  readonly points: number;
  readonly settle: () => void;
}

function tell(at: number, shelter: 'kept' | 'ignored' = 'kept'): Story {
  const cut = new CutTurns({ at, rooms: ['runtime', 'test'], shelter });
  const point = cut.here;
  const manual = createManualPlatform();
  const platform = { ...manual, turns: cut.over(manual.turns) };
  const runtime = createRuntime({ platform, name: 'n', creation: 1, limits: { messageQueue: 40 } });
  const born: Pid[] = [];
  const told: Story['told'] = new Map();
  const watched = new Set<Pid>();
  const known = (pid: Pid): Pid => {
    if (told.has(pid)) return pid;
    const times = { outside: 0, watcher: 0 };
    // An interruption may come before the monitor is set: then nobody was promised anything.
    runtime.monitor(pid, () => times.outside++);
    born.push(pid);
    told.set(pid, times);
    return pid;
  };
  const watcher: Behaviour<null, Message, null> = {
    name: 'watcher',
    init: () => null,
    handle(message, state, context) {
      const { pid } = message;
      if (message.type === 'DOWN' && pid !== undefined) (told.get(pid) as { watcher: number }).watcher++;
      if (message.type === 'watch' && pid !== undefined) {
        context.monitor(pid);
        watched.add(pid);
      }
      point();
      return state;
    },
  };
  /** Works at everything the runtime has; the points of its own are where a runaway would be. */
  const busy: Behaviour<Pid[], Message, null> = {
    name: 'busy',
    init(_, context) {
      point();
      context.register('busy', context.self);
      point();
      return [];
    },
    redact(pids) {
      point();
      return pids.length;
    },
    terminate: () => point(),
    handle(message, pids, context) {
      point();
      if (message.type === 'work') work(pids, context);
      if (message.type === 'end') {
        context.exitSignal(pids[0] as Pid, 'killed by hand');
        point();
        for (let i = 0; i < 45; i++) context.send(pids[3] as Pid, i);
        throw new Error('the end of busy');
      }
      return pids;
    },
  };
  const work = (pids: Pid[], context: Context): void => {
    for (let i = 0; i < 3; i++) pids.push(known(context.spawn(idle, null, { link: true })));
    point();
    pids.push(known(context.spawnMonitor(idle, null).pid));
    const timer = context.sendAfter(5, 'busy', { type: 'late' });
    context.sendAfter(5, 'busy', { type: 'later' });
    point();
    context.cancelTimer(timer);
    context.demonitor(context.monitor('watcher'));
    context.call('watcher', 'what', 10);
    context.link(pids[3] as Pid);
    context.unlink(pids[2] as Pid);
    point();
    for (const pid of pids) context.send('watcher', { type: 'watch', pid });
    context.receive((message) => {
      point();
      return (message as Message).type === 'end';
    }, 20);
    context.send(context.self, { type: 'end' });
  };
  known(runtime.spawn(watcher, null, { name: 'watcher' }));
  known(runtime.spawn(busy, null));
  for (let i = 0; i < 3; i++) runtime.send('watcher', { type: 'watch', pid: born[1] });
  runtime.send(born[1] as Pid, { type: 'work' });
  const settle = (): void => platform.advance(100);
  settle();
  return { runtime, born, told, watched, settle, strokes: cut.strokes, points: cut.points };
}

/** Asks everybody who lives, and lets somebody die: what would stand still if the runtime were not whole. */
function expectWhole({ runtime, born, told, settle }: Story): void {
  for (const pid of born) {
    const { outside, watcher: times } = told.get(pid) as { outside: number; watcher: number };
    expect(outside).toBe(runtime.isAlive(pid) ? 0 : 1);
    if (runtime.isAlive(pid)) expect(times).toBe(0);
  }
  expect(runtime.runnable).toBe(0);
  expect(runtime.processes().length).toBe(runtime.size);
  expect(new Set(runtime.processes().map(({ status }) => status))).toEqual(new Set(runtime.size === 0 ? [] : ['waiting']));
  const ends: unknown[] = [];
  const late = runtime.spawn(idle, null, { name: 'late' });
  runtime.monitor(late, (reason) => ends.push(reason));
  for (const { pid } of runtime.processes()) runtime.send(pid, { type: 'are you there' });
  settle();
  for (const { messageQueueLength } of runtime.processes()) expect(messageQueueLength).toBe(0);
  runtime.exit(late, 'kill');
  settle();
  expect(ends).toEqual(['killed']);
  expect(runtime.whereis('late')).toBeUndefined();
  expect(runtime.pendingTimers).toBe(0);
  expect(runtime.counters.spawned - runtime.counters.exited).toBe(runtime.size);
}

/** What must be so after a story in which somebody was stopped. */
function expectPaid(story: Story, at: number): void {
  const { runtime, born, told, watched, strokes } = story;
  expect(runtime.counters.runaways, `point ${at}`).toBe(strokes);
  const reports = runtime.crashReports().filter(({ reason }) => reason === 'runaway');
  expect(reports.length, `point ${at}`).toBe(strokes);
  // Who watches and was not hit itself is told of everybody's end, of each as often as it watches.
  if (runtime.isAlive(born[0] as Pid)) {
    for (const pid of watched) {
      const times = pid === born[1] ? 3 : 1;
      const { watcher } = told.get(pid) as { watcher: number };
      expect(watcher, `point ${at}, ${pid}`).toBe(runtime.isAlive(pid) ? 0 : times);
    }
  }
  expectWhole(story);
}

const { points } = tell(0);

describe('an interruption', () => {
  test('that does not come leaves the course of events unchanged', () => {
    const story = tell(0);
    expect(story.strokes).toBe(0);
    expect(story.runtime.isAlive(story.born[1] as Pid)).toBe(false);
    expectWhole(story);
  });

  test(`at any of the ${points} points ends only the process whose turn it is, and leaves the runtime whole`, () => {
    for (let at = 1; at <= points; at++) {
      const story = tell(at);
      expect(story.strokes, `point ${at}`).toBe(1);
      expectPaid(story, at);
    }
    expect(points).toBeGreaterThan(200);
  });

  test('would leave the runtime broken at many points if its own work were not protected', () => {
    let broken = 0;
    for (let at = 5; at <= 2_000; at += 10) {
      try {
        expectPaid(tell(at, 'ignored'), at);
      } catch {
        broken++;
      }
    }
    expect(broken).toBeGreaterThan(15);
  });
});

/** The data structures of the runtime against the simplest thing that does the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { add, type CompactSet, members, remove, size } from '../../../../targets/reference/runtime/compact-set.ts';
import { MessageQueue, NO_MESSAGE } from '../../../../targets/reference/runtime/message-queue.ts';
import { Process } from '../../../../targets/reference/runtime/process.ts';
import { ProcessTable } from '../../../../targets/reference/runtime/process-table.ts';
import { RunQueue } from '../../../../targets/reference/runtime/run-queue.ts';
import { Timer, TimerWheel } from '../../../../targets/reference/runtime/timer-wheel.ts';
import { idle } from './rig.ts';

const NODE = { name: 'n', creation: 1 };
/** A process that nobody spawned, and with no arguments. */
const NOBODY = { args: null, parent: null };

describe('message queue', () => {
  test('is a queue with removal from the middle, in whatever order it is used', () => {
    const operation = fc.oneof(
      fc.record({ op: fc.constant('push' as const), n: fc.nat() }),
      fc.record({ op: fc.constant('shift' as const) }),
      fc.record({ op: fc.constant('take' as const), at: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
        const messageQueue = new MessageQueue();
        const model: unknown[] = [];
        for (const step of operations) {
          if (step.op === 'push') {
            messageQueue.push(step.n);
            model.push(step.n);
          } else if (step.op === 'shift') {
            expect(messageQueue.shift()).toBe(model.length === 0 ? NO_MESSAGE : model.shift());
          } else if (model.length > 0) {
            const at = step.at % model.length;
            expect(messageQueue.take(at)).toBe(model.splice(at, 1)[0]);
          }
          expect(Array.from({ length: messageQueue.length }, (_, i) => messageQueue.at(i))).toEqual(model);
        }
      }),
    );
  });

  test('undefined is a message like any other', () => {
    const messageQueue = new MessageQueue();
    messageQueue.push(undefined);
    expect([messageQueue.shift(), messageQueue.shift()]).toEqual([undefined, NO_MESSAGE]);
  });

  test('a burst does not keep its memory for ever', () => {
    const messageQueue = new MessageQueue();
    for (let i = 0; i < 10_000; i++) messageQueue.push(i);
    expect(messageQueue.capacity).toBeGreaterThanOrEqual(10_000);
    while (messageQueue.shift() !== NO_MESSAGE);
    expect(messageQueue.capacity).toBe(4);
  });
});

describe('timer wheel', () => {
  test('fires every timer at its tick, in order of due time and then of start, and none that was cancelled', () => {
    const step = fc.oneof(
      fc.record({ op: fc.constant('start' as const), after: fc.oneof(fc.nat(200), fc.nat(10_000), fc.nat(20_000_000)) }),
      fc.record({ op: fc.constant('cancel' as const), which: fc.nat() }),
      fc.record({ op: fc.constant('advance' as const), by: fc.oneof(fc.nat(100), fc.nat(5000), fc.nat(30_000_000)) }),
    );
    fc.assert(
      fc.property(fc.nat(100_000), fc.array(step, { maxLength: 60 }), (startMs, steps) => {
        const wheel = new TimerWheel(startMs);
        let nowMs = startMs;
        const fired: number[] = [];
        const expected: number[] = [];
        let pending: { readonly timer: Timer; readonly due: number; readonly n: number }[] = [];
        steps.forEach((each, n) => {
          if (each.op === 'start') {
            const timer = new Timer(nowMs + each.after, null, n, () => fired.push(n));
            wheel.start(timer);
            pending.push({ timer, due: timer.due, n });
          } else if (each.op === 'cancel' && pending.length > 0) {
            const [gone] = pending.splice(each.which % pending.length, 1);
            expect(wheel.cancel(gone?.timer as Timer)).toBe(true);
            expect(wheel.cancel(gone?.timer as Timer)).toBe(false);
          } else if (each.op === 'advance') {
            nowMs += each.by;
            wheel.advance(nowMs);
            const due = pending.filter((timer) => timer.due <= nowMs).toSorted((a, b) => a.due - b.due || a.n - b.n);
            expected.push(...due.map((timer) => timer.n));
            pending = pending.filter((timer) => timer.due > nowMs);
          }
          expect(fired).toEqual(expected);
          expect(wheel.size).toBe(pending.length);
          const next = Math.min(...pending.map((timer) => timer.due));
          expect(wheel.nextWake()).toBeLessThanOrEqual(next);
          if (pending.length > 0) expect(wheel.nextWake()).toBeGreaterThan(nowMs - 1);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('compact set', () => {
  test('is a set of nothing, of one, or of many', () => {
    const objects = Array.from({ length: 5 }, (_, n) => ({ n }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(4)), { maxLength: 60 }), (steps) => {
        let set: CompactSet<{ n: number }> = null;
        const model = new Set<{ n: number }>();
        for (const [adding, which] of steps) {
          const member = objects[which] as { n: number };
          set = adding ? add(set, member) : remove(set, member);
          if (adding) model.add(member);
          else model.delete(member);
          expect(size(set)).toBe(model.size);
          expect(new Set(members(set))).toEqual(model);
          for (const object of objects) expect(members(set).includes(object)).toBe(model.has(object));
        }
        if (model.size === 0) expect(set).toBeNull();
      }),
    );
  });
});

describe('process table and run queue', () => {
  test('serials are never used twice, and a lookup by an old one finds nobody', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 100 }), (steps) => {
        const table = new ProcessTable(5);
        const living: Process[] = [];
        const everUsed = new Set<number>();
        for (const which of steps) {
          if (which < 6 && living.length < 5) {
            const process = new Process(NODE, table.nextSerial(), idle, NOBODY);
            expect(everUsed.has(process.serial)).toBe(false);
            everUsed.add(process.serial);
            table.insert(process);
            living.push(process);
          } else if (living.length > 0) {
            const [gone] = living.splice(which % living.length, 1);
            table.remove(gone as Process);
            expect(table.find((gone as Process).serial)).toBeUndefined();
          }
          expect(new Set(table)).toEqual(new Set(living));
          for (const process of living) expect(table.find(process.serial)).toBe(process);
        }
      }),
    );
  });

  test('a full table refuses with system_limit', () => {
    const table = new ProcessTable(1);
    table.insert(new Process(NODE, table.nextSerial(), idle, NOBODY));
    expect(() => table.nextSerial()).toThrow('more than 1 processes');
  });

  test('the run queue returns what it was given, in order', () => {
    const queue = new RunQueue();
    const processes = Array.from({ length: 300 }, (_, n) => new Process(NODE, n, idle, NOBODY));
    for (const process of processes.slice(0, 50)) queue.push(process);
    for (const process of processes.slice(0, 40)) expect(queue.shift()).toBe(process);
    for (const process of processes.slice(50)) queue.push(process);
    for (const process of processes.slice(40)) expect(queue.shift()).toBe(process);
    expect(queue.shift()).toBeUndefined();
  });
});

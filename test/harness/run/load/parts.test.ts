import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Outcome, SENDER_UNKNOWN } from '../../../../harness/evidence/ledger/observations.ts';
import { AT_ONCE_JITTER_MS, backoffMs } from '../../../../harness/run/load/backoff.ts';
import { DueQueue } from '../../../../harness/run/load/due-queue.ts';
import { ObservationLog } from '../../../../harness/run/load/observation-log.ts';
import { OUTBOX_LIMIT, Outbox } from '../../../../harness/run/load/outbox.ts';
import { Pacer } from '../../../../harness/run/load/pacer.ts';
import { sourceAddress } from '../../../../harness/run/load/source-address.ts';
import { UserNames } from '../../../../harness/run/load/user-names.ts';

test('the due queue returns items in order of time, and none early', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000)), fc.nat(1_000), (times, now) => {
      const queue = new DueQueue<number>();
      for (const at of times) queue.push(at, at);
      const due: number[] = [];
      for (let item = queue.popDue(now); item !== null; item = queue.popDue(now)) due.push(item);
      expect(due).toEqual(times.filter((at) => at <= now).sort((a, b) => a - b));
      expect(queue.size).toBe(times.length - due.length);
    }),
  );
});

describe('the backoff', () => {
  test('has full jitter, doubles, and is never above two seconds', () => {
    expect(backoffMs(0, 'back-off', 0)).toBe(0);
    expect(backoffMs(0, 'back-off', 0.5)).toBe(50);
    expect(backoffMs(3, 'back-off', 0.5)).toBe(400);
    expect(backoffMs(50, 'back-off', 0.999)).toBeLessThan(2_000);
  });
  test('is at most a little jitter the first time if the server says "at once"', () => {
    expect(backoffMs(0, 'at-once', 0.999)).toBeLessThan(AT_ONCE_JITTER_MS);
    expect(backoffMs(4, 'at-once', 0.5)).toBe(backoffMs(4, 'back-off', 0.5));
  });
});

describe('the outbox', () => {
  test('keeps outstanding messages in order, in whatever order they are settled', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat()), { maxLength: 300, size: 'max' }),
        (count, picks) => {
          const log = new ObservationLog();
          const outbox = new Outbox();
          let open: number[] = [];
          for (let id = 1; id <= count; id++) {
            outbox.add(log.attempt({ sender: 0, id, recipient: 1, intendedUs: 0, handledUs: 0 }));
            open.push(id);
          }
          for (const pick of picks) {
            const id = open[pick % Math.max(1, open.length)];
            if (id === undefined) break;
            const row = outbox.find(id, log);
            expect(row).toBe(id - 1);
            log.settled(row, Outcome.acked, 1);
            outbox.settled(log);
            expect(outbox.find(id, log)).toBe(-1);
            open = open.filter((other) => other !== id);
            expect(outbox.outstanding).toBe(open.length);
            expect(outbox.rows(log)).toEqual(open.map((other) => other - 1));
          }
          expect(outbox.find(count + 1, log)).toBe(-1);
        },
      ),
    );
  });
  test('holds no more than its limit', () => {
    const log = new ObservationLog();
    const outbox = new Outbox();
    for (let id = 1; id <= OUTBOX_LIMIT; id++)
      expect(outbox.add(log.attempt({ sender: 0, id, recipient: 1, intendedUs: 0, handledUs: 0 }))).toBe(true);
    expect(outbox.add(log.attempt({ sender: 0, id: OUTBOX_LIMIT + 1, recipient: 1, intendedUs: 0, handledUs: 0 }))).toBe(false);
  });
});

describe('the pacer', () => {
  const load = { model: { kind: 'constant', ratePerSecond: 1_000 }, durationMs: 3_000, warmUpMs: 1_000 } as const;
  const ignore = (): void => {};

  test('hands out everything that is due, however late it is asked, and nothing early', () => {
    const pacer = new Pacer(load, { index: 0, of: 1 }, 1, 10e6);
    const times: number[] = [];
    const take = (us: number): unknown => times.push(us);
    expect(pacer.run(9e6 - 1, take)).toBe(false);
    expect(times).toEqual([]);
    while (pacer.run(12e6, take));
    expect(times).toHaveLength(3_000);
    expect(times[0]).toBe(9e6 + 500);
    expect(times.at(-1)).toBeCloseTo(12e6 - 500, 3);
    while (pacer.run(99e6, take));
    expect(times).toHaveLength(4_000);
    expect(pacer.done).toBe(true);
  });
  test('hands out no more once stopped', () => {
    const pacer = new Pacer(load, { index: 0, of: 1 }, 1, 10e6);
    pacer.stop();
    expect(pacer.run(99e6, ignore)).toBe(false);
    expect(pacer.done).toBe(true);
  });
});

test("user names and numbers are each other's inverse, and no other name is a user", () => {
  fc.assert(
    fc.property(fc.nat(99_999), fc.nat(10_000), (index, first) => {
      const names = new UserNames(100_000, first);
      expect(names.index(names.name(index))).toBe(index);
      expect(new UserNames(index, first).index(names.name(index))).toBe(SENDER_UNKNOWN);
      expect(new UserNames(5, first + index + 1).index(names.name(index))).toBe(SENDER_UNKNOWN);
    }),
  );
  const all = new UserNames(1e9);
  for (const name of ['', 'u', 'u01', 'x1', 'u1x', 'u-1', 'U1', 'u99999999999']) expect(all.index(name)).toBe(SENDER_UNKNOWN);
  expect(() => new UserNames(2, 1e9 - 1)).toThrow(RangeError);
});

test('source addresses are distinct by worker, within 127.64.0.0 and up, and left to the kernel off Linux', () => {
  const addresses = new Set<string | null>();
  for (let worker = 0; worker < 300; worker++) {
    for (let user = 0; user < 5; user++) addresses.add(sourceAddress(worker, user, 'linux'));
  }
  expect(addresses.size).toBe(1_500);
  for (const address of addresses) expect(address).toMatch(/^127\.(6[4-9])\.\d+\.[1-9]\d*$/);
  expect(sourceAddress(0, 0, 'darwin')).toBeNull();
});

test('the users of one worker are spread evenly over its source addresses, so that a minute of comebacks leaves each with free ports', () => {
  const users = new Map<string | null, number>();
  for (let user = 0; user < 2_000; user++) {
    const address = sourceAddress(0, user, 'linux');
    users.set(address, (users.get(address) ?? 0) + 1);
  }
  // Twenty comebacks of everybody within the minute in which ports stay blocked, with far less than the 7,000 that the kernel tries first.
  expect(Math.max(...users.values()) * 20).toBeLessThan(1_000);
});

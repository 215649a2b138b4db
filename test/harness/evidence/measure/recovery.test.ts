import { describe, expect, test } from 'vitest';
import { recoveryOf } from '../../../../harness/evidence/measure/recovery.ts';
import { recoveryLevelOf, type SetLevel } from '../../../../harness/evidence/measure/recovery-level.ts';
import type { InjectedFault } from '../../../../harness/evidence/measure/recovery-window.ts';
import { ConnectionEvent, emptyHistory, exchange, type History, Outcome, observe, type SendRow } from '../ledger/history.ts';

const MS = 1000;
const SECOND = 1_000_000;
const USERS = 10;
const LOAD_END = 12 * SECOND;
const WINDOW = { steadyFromUs: SECOND, loadEndUs: LOAD_END, endUs: 14 * SECOND };
const NODE_KILL: InjectedFault = { id: 'f1', injectedAtUs: 5 * SECOND, healedAtUs: 6 * SECOND, affected: 'everybody' };

const LOST_AT = 5 * SECOND + 2 * MS;
/** User i is back at 6.2 s and i times 10 ms. */
const backAt = (user: number): number => 6_200 * MS + user * 10 * MS;

/** Nothing is shown to a user without a connection; it comes a millisecond after the connection is back. */
function holdBack(history: History, down: (user: number) => boolean, back: (user: number) => number | null): void {
  for (const delivery of history.deliveries) {
    if (!down(delivery.receiver) || delivery.atUs < LOST_AT + MS) continue;
    delivery.atUs = Math.max(delivery.atUs, (back(delivery.receiver) ?? WINDOW.endUs) + MS);
  }
}

/**
 * One message each millisecond, user i at i, i + 10, ... to the next user, acknowledged and shown a millisecond later. Those for whom
 * `down` holds lose their connection at 5.002 s and send what they meant to send meanwhile when they are back.
 */
function outage(down: (user: number) => boolean, back: (user: number) => number | null = backAt): History {
  const history = emptyHistory(USERS);
  for (let user = 0; user < USERS; user++) {
    history.connectionEvents.push({ user, event: ConnectionEvent.up, code: 0, atUs: 0 });
    if (!down(user)) continue;
    history.connectionEvents.push({ user, event: ConnectionEvent.lost, code: 1006, atUs: LOST_AT });
    history.connectionEvents.push({ user, event: ConnectionEvent.refused, code: 0, atUs: LOST_AT + 100 * MS });
    const upUs = back(user);
    if (upUs !== null) history.connectionEvents.push({ user, event: ConnectionEvent.up, code: 0, atUs: upUs });
  }
  for (let at = 0; at < LOAD_END; at += MS) {
    const user = (at / MS) % USERS;
    const upUs = back(user);
    if (!down(user) || at < LOST_AT || (upUs !== null && at >= upUs)) {
      exchange(history, user, (user + 1) % USERS, at, MS);
    } else if (upUs === null) {
      const send = exchange(history, user, (user + 1) % USERS, at, MS);
      history.deliveries.pop();
      Object.assign(send, { outcome: Outcome.unsent, sentUs: Number.NaN, settledUs: Number.NaN, session: 0, writes: 0 });
    } else {
      const send = exchange(history, user, (user + 1) % USERS, at, upUs + MS - at);
      send.sentUs = upUs;
    }
  }
  holdBack(history, down, back);
  return history;
}

const clocks = (history: History, fault = NODE_KILL, set: SetLevel | null = null) =>
  recoveryOf(observe(history), [fault], WINDOW, set).clocks[0];
const everybody = (): boolean => true;
const nobody = (): boolean => false;

describe('the level of service', () => {
  const levelOf = (history: History, fromUs: number, untilUs: number, set: SetLevel | null = null) =>
    recoveryLevelOf(observe(history), fromUs, untilUs, set);
  /** 200 messages, one a millisecond, of which message i takes so long. */
  const taking = (us: (i: number) => number): History => {
    const history = emptyHistory(2);
    for (let i = 0; i < 200; i++) exchange(history, 0, 1, i * 1000, us(i));
    return history;
  };

  test('is the p99 before the first fault, with the larger of two margins', () => {
    expect(levelOf(outage(nobody), SECOND, 5 * SECOND)).toEqual({
      share: 0.99,
      us: 6000,
      source: 'steady',
      steadyP99Us: 1000,
      meaningless: null,
    });
    expect(
      levelOf(
        taking((i) => (i < 198 ? 20_000 : 90_000)),
        0,
        SECOND,
      ),
    ).toMatchObject({ us: 40_000, steadyP99Us: 20_000 });
  });

  test('is the one that the scenario sets, if it sets one', () => {
    const set = { share: 0.95, us: 50_000 };
    const unusable = taking((i) => (i < 100 ? 3_000_000 : 1000));
    for (const history of [outage(nobody), unusable]) {
      expect(levelOf(history, 0, 5 * SECOND, set)).toMatchObject({ ...set, source: 'set', meaningless: null });
    }
  });

  test('is unknown with too few messages, or when too many were never acknowledged', () => {
    expect(levelOf(outage(nobody), SECOND, SECOND + 50 * MS)).toMatchObject({
      us: null,
      meaningless: expect.stringContaining('only 50 messages'),
    });
    const mute = taking(() => 1000);
    mute.sends.forEach((send, i) => {
      if (i < 10) send.outcome = Outcome.indeterminate;
    });
    expect(levelOf(mute, 0, SECOND)).toMatchObject({ us: null, meaningless: expect.stringContaining('never answered') });
  });

  test('is unknown when everything would meet it because the steady state is saturated', () => {
    const waits = levelOf(
      taking((i) => (i < 190 ? 1000 : 600_000)),
      0,
      SECOND,
    );
    expect(waits).toMatchObject({ us: 1_200_000, meaningless: expect.stringContaining('1.2 s') });
    const grows = levelOf(
      taking((i) => i * 1000),
      0,
      SECOND,
    );
    expect(grows).toMatchObject({ meaningless: expect.stringContaining('growing') });
    expect(
      levelOf(
        taking((i) => (i % 50) * 1000),
        0,
        SECOND,
      ).meaningless,
    ).toBeNull();
  });
});

describe('a recovery to a level that', () => {
  test('is unknown is itself unknown: neither 0 ms nor never', () => {
    const saturated = outage(everybody);
    for (const send of saturated.sends) {
      if (send.intendedUs < 5 * SECOND && send.intendedUs > 2 * SECOND) send.settledUs = send.intendedUs + 2_600 * MS;
    }
    expect(clocks(saturated)).toMatchObject({ sloMs: null, reconnected99Ms: 1290, censored: false, noticed: true });
    expect(clocks(saturated, NODE_KILL, { share: 0.99, us: 6000 })?.sloMs).toBeGreaterThan(1000);
  });

  test('the scenario sets is complete when its share is answered in its time', () => {
    const strict = clocks(outage(everybody), NODE_KILL, { share: 0.99, us: 2000 })?.sloMs as number;
    const own = clocks(outage(everybody))?.sloMs as number;
    const lenient = clocks(outage(everybody), NODE_KILL, { share: 0.5, us: 2000 })?.sloMs as number;
    expect(strict).toBeGreaterThanOrEqual(own);
    expect(lenient).toBeLessThan(own);
  });
});

describe('a fault that nobody noticed', () => {
  test('has no clocks: it is no recovery in 0 ms', () => {
    expect(clocks(outage(nobody))).toEqual({
      fault: 'f1',
      detectedMs: null,
      firstSuccessMs: null,
      reconnected99Ms: null,
      sloMs: null,
      drainedMs: null,
      longestGapMs: null,
      excessLatencyMs: null,
      fromHeal: null,
      watchedMs: 7000,
      overlaps: null,
      censored: false,
      noticed: false,
    });
  });

  test('is not given the detection of the next fault, however much trouble that fault makes', () => {
    const kill = (id: string, second: number): InjectedFault => ({
      id,
      injectedAtUs: second * SECOND,
      healedAtUs: null,
      affected: 'everybody',
    });
    // The connections are lost at 5.002 s; a message refused and one late belong to the second kill as well.
    const history = outage(everybody);
    const late = history.sends.find((send) => send.intendedUs === 5_050 * MS) as SendRow;
    late.outcome = Outcome.failed;
    late.settledUs = 5_060 * MS;
    const [first, second] = recoveryOf(observe(history), [kill('a', 4), kill('b', 5)], WINDOW).clocks;
    expect(first).toMatchObject({ noticed: false, detectedMs: null });
    expect(second).toMatchObject({ noticed: true, detectedMs: 2 });
  });
});

describe('the clocks of a killed node', () => {
  test('tell what this made-up history contains', () => {
    // What a message of user i meant for time t took beyond a millisecond is the wait for its row.
    let excessMs = 0;
    for (let at = LOST_AT; at < LOAD_END; at += MS) excessMs += Math.max(0, backAt((at / MS) % USERS) - at) / MS;
    expect(clocks(outage(everybody))).toEqual({
      fault: 'f1',
      detectedMs: 2,
      // User 0 is back after 1,200 ms, and its first answer takes a millisecond.
      firstSuccessMs: 1201,
      // The ninth in a hundred is the last of ten.
      reconnected99Ms: 1290,
      // From 1,230 ms on 16 of the next second's thousand messages are late; from 1,240 ms on ten, which is one in a hundred.
      sloMs: 1240,
      // The last message meant before user 9 was back, at 6.289 s, is shown at 6.291 s.
      drainedMs: 1291,
      // From the last answer at 5.002 s to the first at 6.201 s.
      longestGapMs: 1199,
      excessLatencyMs: excessMs,
      // Healed after a second: all of it came later.
      fromHeal: { firstSuccessMs: 201, reconnected99Ms: 290, sloMs: 240, drainedMs: 291, watchedMs: 6000 },
      watchedMs: 7000,
      overlaps: null,
      censored: false,
      noticed: true,
    });
  });

  test('are measured for its own users only', () => {
    const three = (user: number): boolean => user < 3;
    const measured = clocks(outage(three), { ...NODE_KILL, healedAtUs: null, affected: [0, 1, 2] });
    expect(measured).toMatchObject({ detectedMs: 2, firstSuccessMs: 1201, reconnected99Ms: 1220, censored: false });
    const untouched = clocks(outage(three), { ...NODE_KILL, healedAtUs: null, affected: [5, 6] });
    expect(untouched).toMatchObject({ noticed: false, detectedMs: null, reconnected99Ms: null, sloMs: null });
  });

  test('do not count users whom the fault has not reached yet as recovered', () => {
    const history = outage(everybody);
    // Between the injection and the loss of the connections, messages are answered as if nothing were.
    expect(history.sends.some((send) => send.intendedUs === 5_001 * MS && send.settledUs === 5_002 * MS)).toBe(true);
    expect(clocks(history)?.firstSuccessMs).toBe(1201);
  });

  test('are censored when some users never come back', () => {
    const measured = clocks(outage(everybody, (user) => (user === 3 ? null : backAt(user))));
    expect(measured).toMatchObject({ reconnected99Ms: null, censored: true, firstSuccessMs: 1201 });
  });

  test('are censored when service never gets as good again', () => {
    const history = outage(everybody);
    for (const send of history.sends) if (send.intendedUs > 7 * SECOND) send.settledUs += 50 * MS;
    // The good second before 7 s is too short to count.
    for (const send of history.sends) if (send.intendedUs > 6_500 * MS && send.intendedUs < 7 * SECOND) send.settledUs += 50 * MS;
    expect(clocks(history)).toMatchObject({ sloMs: null, reconnected99Ms: 1290, censored: true });
  });

  test('leave the level unknown when there is no steady state to compare with, and report the others', () => {
    const early = { ...NODE_KILL, injectedAtUs: SECOND + 50 * MS };
    expect(clocks(outage(everybody), early)).toMatchObject({ sloMs: null, excessLatencyMs: null, noticed: true });
    // Nobody was seen to be late, since nothing says what late is.
    expect(clocks(outage(nobody), early)).toMatchObject({ sloMs: null, censored: false, noticed: true });
  });

  test('never end when a message of the backlog never arrives', () => {
    const history = outage(everybody);
    const lost = history.sends.find((send) => send.intendedUs === 5_500 * MS) as SendRow;
    history.deliveries = history.deliveries.filter((delivery) => delivery.sender !== lost.sender || delivery.id !== lost.id);
    expect(clocks(history)?.drainedMs).toBeNull();
  });

  test('do not wait for users who are away by choice', () => {
    const history = outage(everybody);
    // User 4 leaves before the fault and comes back long after; its mailbox is not the fault's backlog.
    history.connectionEvents = history.connectionEvents.filter((row) => row.user !== 4);
    history.connectionEvents.push(
      { user: 4, event: ConnectionEvent.up, code: 0, atUs: 0 },
      { user: 4, event: ConnectionEvent.left, code: 0, atUs: 4 * SECOND },
      { user: 4, event: ConnectionEvent.up, code: 0, atUs: 11 * SECOND },
    );
    for (const delivery of history.deliveries)
      if (delivery.receiver === 4 && delivery.atUs > 4 * SECOND) delivery.atUs = Math.max(delivery.atUs, 11 * SECOND);
    expect(clocks(history)).toMatchObject({ drainedMs: 1291, reconnected99Ms: 1290 });
  });
});

describe('a message that waits in the outbox of a sender who left', () => {
  test('does not belong to the backlog of a fault', () => {
    const history = outage(everybody);
    const waiting = history.sends.find((send) => send.sender === 7 && send.intendedUs >= 5_500 * MS) as SendRow;
    Object.assign(waiting, { sentUs: 11 * SECOND, settledUs: 11 * SECOND + MS });
    for (const delivery of history.deliveries) {
      if (delivery.sender === 7 && delivery.id === waiting.id) delivery.atUs = waiting.settledUs;
    }
    expect(clocks(history)?.drainedMs).toBe(6001);
    history.connectionEvents.push(
      { user: 7, event: ConnectionEvent.left, code: 0, atUs: 7 * SECOND },
      { user: 7, event: ConnectionEvent.up, code: 0, atUs: 11 * SECOND },
    );
    expect(clocks(history)?.drainedMs).toBe(1291);
  });
});

describe('a late message', () => {
  test('is a sign of trouble at the moment it became late', () => {
    const history = outage(nobody);
    const late = history.sends.find((send) => send.intendedUs === 5_100 * MS) as SendRow;
    late.settledUs = late.intendedUs + 40 * MS;
    expect(clocks(history)?.detectedMs).toBe(106);
    late.outcome = Outcome.failed;
    expect(clocks(history)?.detectedMs).toBe(140);
  });
});

describe('the clocks from the heal', () => {
  test('do not exist if nothing was undone', () => {
    expect(clocks(outage(everybody), { ...NODE_KILL, healedAtUs: null })?.fromHeal).toBeNull();
  });

  test('begin at the heal: users who came back before it came back at once, and only messages answered after it are a success', () => {
    // Everybody is back at 6.2 s to 6.29 s, the fault is undone at 8 s; the next answer after that is a millisecond later.
    expect(clocks(outage(everybody), { ...NODE_KILL, healedAtUs: 8 * SECOND })?.fromHeal).toEqual({
      firstSuccessMs: 0,
      reconnected99Ms: 0,
      sloMs: 0,
      drainedMs: 0,
      watchedMs: 4000,
    });
  });

  test('wait for users who are gone again at the heal', () => {
    const history = outage(everybody);
    history.connectionEvents.push(
      { user: 2, event: ConnectionEvent.lost, code: 1006, atUs: 6_900 * MS },
      { user: 2, event: ConnectionEvent.up, code: 0, atUs: 7_300 * MS },
    );
    const measured = clocks(history, { ...NODE_KILL, healedAtUs: 7 * SECOND });
    expect(measured).toMatchObject({ reconnected99Ms: 1290, fromHeal: { reconnected99Ms: 300 } });
  });

  test('are null for an event that never comes', () => {
    const measured = clocks(outage(everybody, (user) => (user === 3 ? null : backAt(user))));
    expect(measured?.fromHeal).toMatchObject({ reconnected99Ms: null, firstSuccessMs: 201 });
  });
});

describe('a fault injected before an earlier one was recovered from', () => {
  const at = (id: string, second: number, healed: number | null = null): InjectedFault => ({
    id,
    injectedAtUs: second * SECOND,
    healedAtUs: healed === null ? null : healed * SECOND,
    affected: 'everybody',
  });
  const overlapsOf = (history: History, faults: readonly InjectedFault[]) =>
    recoveryOf(observe(history), faults, WINDOW).clocks.map(({ overlaps }) => overlaps);

  test('names the latest of those faults', () => {
    expect(overlapsOf(outage(everybody), [at('a', 5), at('b', 6), at('c', 6.1), at('d', 8)])).toEqual([null, 'a', 'b', null]);
  });

  test('counts a fault as active until it is undone, and for ever if it was never recovered from', () => {
    expect(overlapsOf(outage(nobody), [at('a', 5, 7), at('b', 6), at('c', 8)])).toEqual([null, 'a', null]);
    const never = outage(everybody, (user) => (user === 3 ? null : backAt(user)));
    expect(overlapsOf(never, [at('a', 5), at('b', 9)])).toEqual([null, 'a']);
  });
});

describe('two faults', () => {
  test('are not blamed for each other: a connection lost to the second is not a loss to the first', () => {
    const first: InjectedFault = { id: 'first', injectedAtUs: 4 * SECOND, healedAtUs: null, affected: 'everybody' };
    const [a, b] = recoveryOf(observe(outage(everybody)), [first, NODE_KILL], WINDOW).clocks;
    expect(a).toMatchObject({ fault: 'first', noticed: false, detectedMs: null, reconnected99Ms: null, sloMs: null });
    expect(b).toMatchObject({ fault: 'f1', reconnected99Ms: 1290 });
  });

  test('give one row each, and no fault gives no row', () => {
    expect(recoveryOf(observe(outage(nobody)), [], WINDOW)).toEqual({ level: null, clocks: [] });
  });
});

describe('where users have two devices', () => {
  /** Every user's second device loses its connection at the kill and is back half a second later than the first. */
  const twice = (): History => {
    const history = { ...outage(everybody), devices: 2 };
    const first = history.connectionEvents.map((row) => ({ ...row, device: 0 }));
    const second = first.map((row) => ({
      ...row,
      device: 1,
      atUs: row.event === ConnectionEvent.up && row.atUs > 0 ? row.atUs + 500 * MS : row.atUs,
    }));
    history.connectionEvents = [...first, ...second];
    return history;
  };

  test('99% are back when 99% of the devices are, not when each user has one device that is', () => {
    const one = clocks(outage(everybody))?.reconnected99Ms as number;
    expect(clocks(twice())?.reconnected99Ms).toBeGreaterThan(one + 400);
  });

  test('a device that left by its own choice is not waited for, and its user does not count as away', () => {
    const history = twice();
    history.connectionEvents = history.connectionEvents.filter((row) => row.device === 0 || row.atUs < LOST_AT);
    for (let user = 0; user < USERS; user++)
      history.connectionEvents.push({ user, device: 1, event: ConnectionEvent.left, code: 0, atUs: 4 * SECOND });
    const { reconnected99Ms, drainedMs } = clocks(history) as NonNullable<ReturnType<typeof clocks>>;
    const one = clocks(outage(everybody)) as NonNullable<ReturnType<typeof clocks>>;
    expect(reconnected99Ms).toBe(one.reconnected99Ms);
    // What waited for the first device is backlog all the same.
    expect(drainedMs).toBeGreaterThan(0);
  });
});

describe('a level of service', () => {
  /** Messages meant for [fromUs, toUs) of which one in `every` is answered 50 ms late, of a load in which nobody loses a connection. */
  const lateIn = (history: History, fromUs: number, toUs: number, every = 1): History => {
    history.sends.forEach((send, index) => {
      if (send.intendedUs >= fromUs && send.intendedUs < toUs && index % every === 0) send.settledUs += 50 * MS;
    });
    return history;
  };

  test('that begins to suffer late is regained when that ends, and not before it began', () => {
    const measured = clocks(lateIn(outage(nobody), 6_500 * MS, 8_500 * MS));
    expect(measured).toMatchObject({ noticed: true, censored: false, detectedMs: 1506 });
    expect(Math.abs((measured?.sloMs as number) - 3500)).toBeLessThanOrEqual(20);
    expect(Math.abs((measured?.fromHeal?.sloMs as number) - 2500)).toBeLessThanOrEqual(20);
  });

  test('that suffers a little for long is regained at the end of it; a machine that stalled once is no trouble of a fault', () => {
    const little = clocks(lateIn(outage(everybody), 8 * SECOND, 10 * SECOND, 20));
    // One in twenty is late until 10 s: the second that has just one in a hundred of them begins 200 ms before that.
    expect(Math.abs((little?.sloMs as number) - 4800)).toBeLessThanOrEqual(20);
    const stalled = clocks(lateIn(outage(everybody), 9 * SECOND, 9 * SECOND + 60 * MS));
    expect(stalled?.sloMs).toBe(clocks(outage(everybody))?.sloMs);
    const stood = clocks(lateIn(outage(everybody), 9 * SECOND, 9 * SECOND + 200 * MS));
    expect(stood?.sloMs).toBeGreaterThan(4100);
  });

  test('is never regained where half of the users cannot write any more', () => {
    const history = outage(nobody);
    for (const send of history.sends) {
      if (send.sender % 2 === 0 || send.intendedUs < 5 * SECOND) continue;
      Object.assign(send, { outcome: Outcome.unsent, sentUs: Number.NaN, settledUs: Number.NaN, session: 0, writes: 0 });
    }
    expect(clocks(history)).toMatchObject({ noticed: true, detectedMs: 7, sloMs: null, censored: true });
  });

  test('is never regained where those who had left by choice are not let in again', () => {
    const history = outage(nobody);
    const isGone = (user: number): boolean => user % 2 === 0;
    for (let user = 0; user < USERS; user += 2) {
      history.connectionEvents.push({ user, event: ConnectionEvent.left, code: 0, atUs: 4_900 * MS });
    }
    // From 5.5 s on they want to be back, and so are given messages again.
    history.sends = history.sends.filter(
      ({ sender, intendedUs }) => !isGone(sender) || intendedUs < 4_900 * MS || intendedUs >= 5_500 * MS,
    );
    for (const send of history.sends) {
      if (!isGone(send.sender) || send.intendedUs < 5_500 * MS) continue;
      Object.assign(send, { outcome: Outcome.unsent, sentUs: Number.NaN, settledUs: Number.NaN, session: 0, writes: 0 });
    }
    expect(clocks(history)).toMatchObject({ noticed: true, sloMs: null, censored: true });
  });

  test('that suffers after the next fault is that one’s', () => {
    const kill = (id: string, at: number): InjectedFault => ({ ...NODE_KILL, id, injectedAtUs: at * SECOND, healedAtUs: null });
    const history = lateIn(lateIn(outage(nobody), 3 * SECOND, 3_200 * MS), 8 * SECOND, 9 * SECOND);
    const [first, second] = recoveryOf(observe(history), [kill('a', 3), kill('b', 7)], WINDOW).clocks;
    expect(Math.abs((first?.sloMs as number) - 200)).toBeLessThanOrEqual(20);
    expect(Math.abs((second?.sloMs as number) - 2000)).toBeLessThanOrEqual(20);
  });

  test('does not suffer from messages whose senders left by choice before they were late', () => {
    const left = (choice: boolean): History => {
      const history = outage(nobody);
      history.connectionEvents.push({ user: 3, event: ConnectionEvent.lost, code: 1006, atUs: 5_001 * MS });
      history.connectionEvents.push({ user: 3, event: ConnectionEvent.up, code: 0, atUs: 5_002 * MS });
      for (const user of [1, 2, 3, 4]) {
        const event = choice ? ConnectionEvent.left : ConnectionEvent.lost;
        history.connectionEvents.push({ user, event, code: 0, atUs: 6_000 * MS + user });
        history.connectionEvents.push({ user, event: ConnectionEvent.up, code: 0, atUs: 8_000 * MS });
        history.sends = history.sends.filter(
          (send) => send.sender !== user || send.intendedUs < 6 * SECOND || send.intendedUs >= 8 * SECOND,
        );
        for (const send of history.sends) {
          if (send.sender === user && send.intendedUs >= 5_600 * MS && send.intendedUs < 6 * SECOND) send.settledUs = 8_001 * MS;
        }
      }
      return history;
    };
    const set = { share: 0.99, us: 500 * MS };
    expect(clocks(left(true), NODE_KILL, set)?.sloMs).toBe(0);
    expect(clocks(left(false), NODE_KILL, set)?.sloMs).toBeGreaterThan(900);
    expect(clocks(left(true))?.excessLatencyMs).toBeLessThan(clocks(left(false))?.excessLatencyMs as number);
  });
});

describe('a backlog', () => {
  test('with messages that were never answered is never drained', () => {
    const history = outage(everybody);
    const hanging = history.sends.find((send) => send.intendedUs === 5_100 * MS) as SendRow;
    history.deliveries = history.deliveries.filter(({ sender, id }) => sender !== hanging.sender || id !== hanging.id);
    Object.assign(hanging, { outcome: Outcome.indeterminate, settledUs: Number.NaN });
    expect(clocks(history)).toMatchObject({ drainedMs: null, censored: true });
    Object.assign(hanging, { outcome: Outcome.unsent, sentUs: Number.NaN });
    expect(clocks(history)).toMatchObject({ drainedMs: null, censored: true });
    Object.assign(hanging, { outcome: Outcome.failed, settledUs: 5_200 * MS });
    expect(clocks(history)).toMatchObject({ drainedMs: 1291, censored: false });
  });
});

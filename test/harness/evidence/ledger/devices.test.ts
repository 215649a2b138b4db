import { describe, expect, test } from 'vitest';
import { firstShownUs } from '../../../../harness/evidence/ledger/first-shown.ts';
import { judge } from '../../../../harness/evidence/ledger/judge.ts';
import { ConnectionEvent, DeliveryFlag, emptyHistory, exchange, type History, Outcome, observe } from './history.ts';

const SECOND = 1_000_000;

/** Three users with two devices each, all of them known from the first second on. */
function twoDevices(): History {
  const history = { ...emptyHistory(3), devices: 2 };
  for (let user = 0; user < 3; user++) for (let device = 0; device < 2; device++) signsIn(history, user, device, -SECOND);
  return history;
}

function signsIn(history: History, user: number, device: number, atUs: number): void {
  history.connectionEvents.push({ user, device, event: ConnectionEvent.up, code: 0, atUs });
}

/** The last message arrives on a device of its recipient as well. */
function alsoOn(history: History, device: number, atUs: number, flags = 0): void {
  const { recipient, sender, id } = history.sends.at(-1) as History['sends'][number];
  history.deliveries.push({ receiver: recipient, device, sender, id, seq: 1, atUs, readUs: Number.NaN, flags });
}

describe('where users have two devices', () => {
  test('a message that both receive counts as two deliveries, both expected, and as no duplicate', () => {
    const history = twoDevices();
    exchange(history, 0, 1, SECOND);
    alsoOn(history, 1, 2 * SECOND);
    expect(judge(observe(history))).toMatchObject({
      attempted: 1,
      acked: 1,
      expected: 2,
      delivered: 2,
      lost: 0,
      duplicatesWire: 0,
      duplicatesVisible: 0,
      evidence: [],
    });
  });

  test('a message that one of them never received is lost, and the evidence names that device', () => {
    const history = twoDevices();
    exchange(history, 0, 1, SECOND);
    const report = judge(observe(history));
    expect(report).toMatchObject({ acked: 1, expected: 2, delivered: 1, lost: 1 });
    expect(report.evidence).toEqual([
      { property: 'lost', message: 'message 1 of u0 to u1 was acknowledged at 1.001 s and never shown on d1' },
    ]);
    expect(judge({ ...observe(history), drained: false })).toMatchObject({ lost: 0, pending: 1 });
  });

  test('a delivery that the protocol hides on one device is not shown on that device', () => {
    const history = twoDevices();
    exchange(history, 0, 1, SECOND);
    alsoOn(history, 1, 2 * SECOND, DeliveryFlag.ignored);
    expect(judge(observe(history))).toMatchObject({ delivered: 1, lost: 0, hidden: 1, duplicatesWire: 0 });
  });

  test('a message that arrives twice on one device is a duplicate on that device', () => {
    const history = twoDevices();
    exchange(history, 0, 1, SECOND);
    alsoOn(history, 1, 2 * SECOND);
    alsoOn(history, 1, 3 * SECOND);
    const report = judge(observe(history));
    expect(report).toMatchObject({ lost: 0, duplicatesWire: 1, duplicatesVisible: 1 });
    expect(report.evidence[0]?.message).toBe('message 1 of u0 to u1 was shown on d1 at 2.000 s and at 3.000 s');
  });

  test('each device has an order of its own: the other may be further ahead', () => {
    const history = twoDevices();
    exchange(history, 0, 1, SECOND, 1000);
    const late = history.sends.at(-1)?.id;
    exchange(history, 0, 1, SECOND + 10, 1000);
    alsoOn(history, 1, 2 * SECOND);
    const inOrder: History = { ...history, deliveries: [...history.deliveries] };
    inOrder.deliveries.splice(2, 0, {
      receiver: 1,
      device: 1,
      sender: 0,
      id: 1,
      seq: 1,
      atUs: 1.5 * SECOND,
      readUs: Number.NaN,
      flags: 0,
    });
    expect(judge(observe(inOrder))).toMatchObject({ reordered: 0, lost: 0 });
    history.deliveries.push({
      receiver: 1,
      device: 1,
      sender: 0,
      id: late ?? 0,
      seq: 2,
      atUs: 3 * SECOND,
      readUs: Number.NaN,
      flags: 0,
    });
    const report = judge(observe(history));
    expect(report).toMatchObject({ reordered: 1, lost: 0 });
    expect(report.evidence[0]?.message).toBe('message 1 of u0 to u1 arrived on d1 after message 2 of the same session');
  });

  test('a device that first signed in after a message was written need not receive it', () => {
    const history = { ...emptyHistory(3), devices: 2 };
    signsIn(history, 1, 0, 0);
    signsIn(history, 1, 1, SECOND + 1);
    exchange(history, 0, 1, SECOND);
    expect(judge(observe(history))).toMatchObject({ expected: 1, delivered: 1, lost: 0 });
    alsoOn(history, 1, 3 * SECOND);
    expect(judge(observe(history))).toMatchObject({ expected: 1, delivered: 2, lost: 0, duplicatesWire: 0 });
  });

  test('a message that was written before any device had signed in must reach one of them', () => {
    const history = { ...emptyHistory(3), devices: 2 };
    exchange(history, 0, 1, SECOND);
    signsIn(history, 1, 0, 2 * SECOND);
    expect(judge(observe(history))).toMatchObject({ expected: 1, lost: 0 });
    history.deliveries.length = 0;
    expect(judge(observe(history))).toMatchObject({ expected: 1, lost: 1 });
  });

  test('a receipt is early if it comes before the first device had the message, not before the last had it', () => {
    const history = twoDevices();
    exchange(history, 0, 1, SECOND, 1000);
    alsoOn(history, 1, SECOND + 500);
    history.receipts.push({ sender: 0, id: 1, by: 1, kind: 1, atUs: SECOND + 600 });
    expect(judge(observe(history)).receiptsEarly).toBe(0);
    history.receipts.push({ sender: 0, id: 1, by: 1, kind: 1, atUs: SECOND + 400 });
    expect(judge(observe(history)).receiptsEarly).toBe(1);
    expect([...firstShownUs(observe(history))]).toEqual([SECOND + 500]);
  });

  test('a message in doubt is recovered once, however many devices receive it, and is owed to nobody', () => {
    const history = twoDevices();
    exchange(history, 0, 1, SECOND).outcome = Outcome.indeterminate;
    expect(judge(observe(history))).toMatchObject({ indeterminate: 1, recovered: 1, delivered: 1, expected: 0, lost: 0 });
  });
});

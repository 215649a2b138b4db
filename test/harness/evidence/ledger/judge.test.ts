import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DeliveryReport, judge } from '../../../../harness/evidence/ledger/judge.ts';
import { SENDER_UNKNOWN } from '../../../../harness/evidence/ledger/observations.ts';
import {
  ConnectionEvent,
  DeliveryFlag,
  type DeliveryRow,
  emptyHistory,
  exchange,
  type History,
  Outcome,
  observe,
  type SendRow,
} from './history.ts';
import { honestHistory } from './honest-server.ts';

type Violation =
  | 'lost'
  | 'hidden'
  | 'duplicatesVisible'
  | 'reordered'
  | 'phantom'
  | 'misdelivered'
  | 'corrupted'
  | 'receiptsEarly';
const VIOLATIONS: readonly Violation[] = [
  'lost',
  'hidden',
  'duplicatesVisible',
  'reordered',
  'phantom',
  'misdelivered',
  'corrupted',
  'receiptsEarly',
];

function violations(report: DeliveryReport): Partial<Record<Violation, number>> {
  return Object.fromEntries(VIOLATIONS.filter((name) => report[name] > 0).map((name) => [name, report[name]]));
}

const ackedSends = (history: History): SendRow[] => history.sends.filter((send) => send.outcome === Outcome.acked);
const isOf = (send: SendRow) => (row: { sender: number; id: number }) => row.sender === send.sender && row.id === send.id;
const firstDelivery = (history: History, send: SendRow): DeliveryRow => history.deliveries.find(isOf(send)) as DeliveryRow;

/** Some acknowledged messages of an honest history, each to be lied about once. */
const victims = honestHistory.chain((history) =>
  fc.record({ history: fc.constant(history), sends: fc.subarray(ackedSends(history), { minLength: 1 }) }),
);

function liesAreCounted(property: Violation, lie: (history: History, send: SendRow) => number): void {
  fc.assert(
    fc.property(victims, ({ history, sends }) => {
      const told = sends.reduce((sum, send) => sum + lie(history, send), 0);
      const report = judge(observe(history));
      expect(violations(report)).toEqual(told === 0 ? {} : { [property]: told });
      const evidence = report.evidence.filter((entry) => entry.property === property);
      expect(evidence).toHaveLength(Math.min(told, 10));
    }),
  );
}

describe('an honest server', () => {
  test('breaks no property, whatever it refused, received repeatedly or left unanswered, and whoever reconnected', () => {
    fc.assert(
      fc.property(honestHistory, (history) => {
        const report = judge(observe(history));
        expect(violations(report)).toEqual({});
        expect(report.evidence).toEqual([]);
      }),
    );
  });

  test('is counted exactly', () => {
    fc.assert(
      fc.property(honestHistory, (history) => {
        const by = (outcome: number) => history.sends.filter((send) => send.outcome === outcome).length;
        const shown = history.deliveries.filter((delivery) => (delivery.flags & DeliveryFlag.ignored) === 0);
        const recovered = history.sends.filter((send) => send.outcome === Outcome.indeterminate && shown.some(isOf(send))).length;
        expect(judge(observe(history))).toMatchObject({
          attempted: history.sends.length - by(Outcome.unsent),
          acked: by(Outcome.acked),
          expected: by(Outcome.acked),
          failed: by(Outcome.failed),
          indeterminate: by(Outcome.indeterminate),
          recovered,
          delivered: shown.length,
          duplicatesWire: history.deliveries.length - shown.length,
          pending: 0,
          drained: true,
        });
      }),
    );
  });

  test('is judged the same, in whatever order the workers wrote their rows', () => {
    fc.assert(
      fc.property(victims, fc.gen(), ({ history, sends }, gen) => {
        history.deliveries = history.deliveries.filter((delivery) => !sends.some((send) => isOf(send)(delivery)));
        const before = judge(observe(history));
        history.sends = gen(fc.shuffledSubarray, history.sends, { minLength: history.sends.length });
        // The first few of each property are those of whichever rows came first.
        const { evidence: _evidence, offenders: _offenders, ...counts } = before;
        expect(judge(observe(history))).toMatchObject(counts);
      }),
    );
  });
});

describe('a lying server', () => {
  test('that drops acknowledged messages loses exactly those', () => {
    liesAreCounted('lost', (history, send) => {
      history.deliveries = history.deliveries.filter((delivery) => !isOf(send)(delivery));
      history.receipts = history.receipts.filter((receipt) => !isOf(send)(receipt));
      return 1;
    });
  });

  test('that hides a message behind the cursor has it counted as hidden: it arrived, so it is neither lost nor delivered', () => {
    liesAreCounted('hidden', (history, send) => {
      for (const delivery of history.deliveries) if (isOf(send)(delivery)) delivery.flags |= DeliveryFlag.ignored;
      return 1;
    });
  });

  test('that shows a message again duplicates it visibly', () => {
    liesAreCounted('duplicatesVisible', (history, send) => {
      const delivery = firstDelivery(history, send);
      history.deliveries.push({ ...delivery, seq: delivery.seq + 1000, atUs: delivery.atUs + 1e6 });
      return 1;
    });
  });

  test('that invents messages is caught, whether the id or the sender is made up', () => {
    liesAreCounted('phantom', (history, send) => {
      const delivery = firstDelivery(history, send);
      history.deliveries.push({ ...delivery, id: delivery.id + 1000 }, { ...delivery, sender: SENDER_UNKNOWN });
      return 2;
    });
  });

  test('that delivers what was never written is caught', () => {
    liesAreCounted('phantom', (history, send) => {
      send.outcome = Outcome.unsent;
      history.receipts = history.receipts.filter((receipt) => !isOf(send)(receipt));
      return history.deliveries.filter(isOf(send)).length;
    });
  });

  test('that delivers what it refused is caught', () => {
    liesAreCounted('phantom', (history, send) => {
      send.outcome = Outcome.failed;
      send.writes = 1;
      history.receipts = history.receipts.filter((receipt) => !isOf(send)(receipt));
      return history.deliveries.filter(isOf(send)).length;
    });
  });

  test('that delivers a copy to somebody else is caught', () => {
    liesAreCounted('misdelivered', (history, send) => {
      const delivery = firstDelivery(history, send);
      history.deliveries.push({ ...delivery, receiver: (delivery.receiver + 1) % history.users });
      return 1;
    });
  });

  test('that corrupts content is caught once for each message, however often the message is sent', () => {
    liesAreCounted('corrupted', (history, send) => {
      for (const delivery of history.deliveries) if (isOf(send)(delivery)) delivery.flags |= DeliveryFlag.corrupt;
      return 1;
    });
  });

  test('that reports a delivery or a reading too early is caught', () => {
    liesAreCounted('receiptsEarly', (history, send) => {
      const delivery = firstDelivery(history, send);
      const early = { sender: send.sender, id: send.id, by: send.recipient };
      history.receipts.push({ ...early, kind: 1, atUs: delivery.atUs - 1 });
      history.receipts.push({ ...early, kind: 2, atUs: Number.isNaN(delivery.readUs) ? delivery.atUs : delivery.readUs - 1 });
      return 2;
    });
  });

  test('that reports a delivery by somebody else, or of a message nobody sent, is caught', () => {
    liesAreCounted('receiptsEarly', (history, send) => {
      const late = { sender: send.sender, id: send.id, kind: 1 as const, atUs: 1e9 };
      history.receipts.push(
        { ...late, by: send.sender },
        { ...late, by: SENDER_UNKNOWN },
        { ...late, by: send.recipient, id: 10_000 },
      );
      return 3;
    });
  });

  test('that swaps neighbours of one conversation reorders one message for each swap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.uniqueArray(fc.nat(19), { minLength: 1 }), (others, swaps) => {
        const history = emptyHistory(3);
        for (let i = 0; i < 40; i++) exchange(history, 0, 1, i * 1000);
        for (let i = 0; i < others; i++) exchange(history, 2, 1, i * 1000);
        for (const swap of swaps) {
          const [a, b] = history.deliveries.slice(swap * 2, swap * 2 + 2) as [DeliveryRow, DeliveryRow];
          history.deliveries.splice(swap * 2, 2, b, a);
        }
        expect(violations(judge(observe(history)))).toEqual({ reordered: swaps.length });
      }),
    );
  });
});

describe('order', () => {
  test('holds only within one session of the sender', () => {
    const history = emptyHistory(2);
    exchange(history, 0, 1, 1000);
    exchange(history, 0, 1, 2000).session = 2;
    history.deliveries.reverse();
    expect(judge(observe(history)).reordered).toBe(0);
  });

  test('is broken once by one message that arrives after many later ones, and many times by many that arrive after one later message', () => {
    const late = emptyHistory(2);
    for (let i = 0; i < 5; i++) exchange(late, 0, 1, i * 1000);
    late.deliveries.push(late.deliveries.shift() as DeliveryRow);
    expect(judge(observe(late)).reordered).toBe(1);
    const early = emptyHistory(2);
    for (let i = 0; i < 5; i++) exchange(early, 0, 1, i * 1000);
    early.deliveries.unshift(early.deliveries.pop() as DeliveryRow);
    expect(judge(observe(early)).reordered).toBe(4);
  });

  test('ignores repeats', () => {
    const history = emptyHistory(2);
    exchange(history, 0, 1, 1000);
    exchange(history, 0, 1, 2000);
    history.deliveries.push({ ...(history.deliveries[0] as DeliveryRow), flags: DeliveryFlag.ignored });
    expect(violations(judge(observe(history)))).toEqual({});
  });
});

describe('an unfinished drain', () => {
  test('leaves messages that did not arrive pending, neither lost nor safe', () => {
    const history = emptyHistory(2);
    exchange(history, 0, 1, 1000);
    exchange(history, 0, 1, 2000);
    history.deliveries.pop();
    history.drained = false;
    const report = judge(observe(history));
    expect(report).toMatchObject({ lost: 0, pending: 1, drained: false, expected: 2 });
    expect(report.evidence).toEqual([
      { property: 'pending', message: 'message 2 of u0 to u1 was acknowledged at 0.003 s and never shown' },
    ]);
  });
});

describe('a message that was refused on a repeat', () => {
  test('may have arrived when it was first written', () => {
    const history = emptyHistory(2);
    const send = exchange(history, 0, 1, 1000);
    send.outcome = Outcome.failed;
    send.writes = 2;
    expect(violations(judge(observe(history)))).toEqual({});
  });
});

describe('observations that cannot come from a run', () => {
  test('are refused: the same message twice, or a sender whose number is too high', () => {
    const history = emptyHistory(2);
    exchange(history, 0, 1, 1000);
    history.sends.push({ ...(history.sends[0] as SendRow) });
    expect(() => judge(observe(history))).toThrow('message 1 of user 0 twice');
    const stranger = emptyHistory(1);
    exchange(stranger, 5, 0, 1000);
    expect(() => judge(observe(stranger))).toThrow('sender 5');
  });

  test('give a report of zeros if they hold no message', () => {
    expect(judge(observe(emptyHistory(0)))).toMatchObject({ attempted: 0, acked: 0, expected: 0, lost: 0 });
  });
});

describe('when the drain gave up', () => {
  const END = { away: [], deaf: [], restless: false, refusals: [], sessionsEnded: [] };

  test('sends without an answer are counted and named, apart from what was acknowledged', () => {
    const history = emptyHistory(3);
    history.drained = false;
    exchange(history, 0, 1, 1_000);
    exchange(history, 0, 1, 2_000).outcome = Outcome.indeterminate;
    exchange(history, 2, 1, 3_000).outcome = Outcome.unsent;
    history.deliveries.length = 1;
    const report = judge(observe(history), END);
    expect(report).toMatchObject({ acked: 1, pending: 0, unacknowledged: 1, unwritten: 1, away: { users: 0 } });
    expect(report.evidence).toEqual([
      { property: 'unacknowledged', message: 'message 2 of u0 to u1 was written at 0.002 s and never answered' },
    ]);
  });

  test('messages owed to users who could not read are counted apart, and so are users who never received anything', () => {
    const history = emptyHistory(4);
    history.drained = false;
    exchange(history, 0, 1, 1_000);
    exchange(history, 0, 2, 2_000);
    exchange(history, 0, 3, 3_000);
    history.deliveries.length = 1;
    const report = judge(observe(history), { ...END, away: [3], deaf: [2] });
    expect(report).toMatchObject({
      pending: 2,
      away: { users: 1, names: ['u3'] },
      deaf: { users: 1, names: ['u2'], owed: 1 },
      unheard: { users: 2, names: ['u2', 'u3'] },
    });
  });

  test('a user who received something is not deaf, and a message missing after a complete drain is lost, not owed', () => {
    const history = emptyHistory(2);
    exchange(history, 0, 1, 1_000);
    exchange(history, 0, 1, 2_000);
    history.deliveries.pop();
    const end = { ...END, deaf: [1] };
    expect(judge(observe(history), end)).toMatchObject({ lost: 1, deaf: { users: 1, owed: 0 }, unheard: { users: 0 } });
    history.drained = false;
    expect(judge(observe(history), end)).toMatchObject({ pending: 1, deaf: { users: 1, owed: 1 }, unheard: { users: 0 } });
  });

  test('at most ten users are named', () => {
    const away = Array.from({ length: 40 }, (_, user) => user);
    expect(judge(observe(emptyHistory(40)), { ...END, away }).away).toEqual({
      users: 40,
      names: away.slice(0, 10).map((user) => `u${user}`),
    });
  });

  test('the number of users who were present is unknown if nobody looked', () => {
    expect(judge(observe(emptyHistory(2)))).toMatchObject({ away: null, deaf: null, restless: null, refusals: [] });
  });
});

describe('a hidden message', () => {
  test('is reported with its seq and the cursor that it was not above', () => {
    const history = emptyHistory(3);
    exchange(history, 0, 2, 1_000_000);
    exchange(history, 1, 2, 2_000_000);
    const hidden = exchange(history, 0, 2, 3_000_000);
    Object.assign(firstDelivery(history, hidden), { seq: 2, flags: DeliveryFlag.ignored });
    const report = judge(observe(history));
    expect(report).toMatchObject({ acked: 3, expected: 3, delivered: 2, hidden: 1, lost: 0, pending: 0 });
    expect(report.evidence).toEqual([
      {
        property: 'hidden',
        message:
          'message 2 of u0 to u2 was acknowledged at 3.001 s and arrived at 3.001 s with seq 2, not above the cursor 2, so it was never shown',
      },
    ]);
  });

  test('does not count as hidden if it is shown later, or if it was promised to nobody', () => {
    const history = emptyHistory(2);
    const shown = exchange(history, 0, 1, 1_000_000);
    const first = firstDelivery(history, shown);
    history.deliveries.unshift({ ...first, seq: 0, flags: DeliveryFlag.ignored });
    const open = exchange(history, 0, 1, 2_000_000);
    open.outcome = Outcome.indeterminate;
    firstDelivery(history, open).flags |= DeliveryFlag.ignored;
    expect(judge(observe(history))).toMatchObject({ hidden: 0, lost: 0, duplicatesWire: 1, recovered: 0 });
  });

  test('is neither pending nor lost when the drain gave up', () => {
    const history = { ...emptyHistory(2), drained: false };
    firstDelivery(history, exchange(history, 0, 1, 1_000_000)).flags |= DeliveryFlag.ignored;
    expect(judge(observe(history))).toMatchObject({ hidden: 1, pending: 0, lost: 0 });
  });
});

describe('a server that does not promise to resume', () => {
  /** User 1 is cut off at 2 s and back at 3 s; three messages to it are acknowledged at once, and the given ones never arrive. */
  const cutOff = (lostAtSeconds: readonly number[]): History => {
    const history = emptyHistory(2);
    const at = (seconds: number): number => seconds * 1_000_000;
    history.connectionEvents.push(
      { user: 1, event: ConnectionEvent.up, code: 0, atUs: 0 },
      { user: 1, event: ConnectionEvent.lost, code: 1006, atUs: at(12) },
      { user: 1, event: ConnectionEvent.up, code: 0, atUs: at(13) },
    );
    for (const seconds of [1, 11.9, 12.5, 20]) {
      exchange(history, 0, 1, at(seconds));
      if (lostAtSeconds.includes(seconds)) history.deliveries.pop();
    }
    return history;
  };
  const judged = (lostAtSeconds: readonly number[], resumes: boolean) =>
    judge(observe(cutOff(lostAtSeconds)), null, null, resumes);

  test('owes nothing to a receiver who was away or cut off while the message was under way', () => {
    expect(judged([11.9, 12.5], false)).toMatchObject({ lost: 0, notPromised: 2, expected: 2, delivered: 2 });
    expect(judged([11.9, 12.5], true)).toMatchObject({ lost: 2, notPromised: 0, expected: 4 });
  });

  test('owes everything to a receiver who stayed connected, and counts what it delivers to the others', () => {
    expect(judged([1, 20], false)).toMatchObject({ lost: 2, notPromised: 0, expected: 4 });
    expect(judged([], false)).toMatchObject({ lost: 0, notPromised: 0, expected: 4, delivered: 4 });
  });
});

describe('the evidence about an offender', () => {
  const detailOf = (history: History): string | undefined => judge(observe(history)).offenders[0]?.detail;

  test('says of a lost message how often it was written, when and in which session', () => {
    const history = emptyHistory(2);
    Object.assign(exchange(history, 0, 1, 1_000_000), { writes: 2, session: 3 });
    history.deliveries.length = 0;
    expect(detailOf(history)).toBe('written twice, first at 1.000 s in session 3 of u0');
  });

  test.each([
    [{ sender: 2, id: 7, whole: true }, 'the content is the intact content of message 7 of u2'],
    [{ sender: 2, id: 7, whole: false }, 'the content claims to be message 7 of u2, but its checksum does not match'],
    [{ sender: 0, id: 1, whole: false }, 'the content is its own but damaged: the checksum does not match the 64 bytes'],
    [null, 'the content, 64 bytes, does not match any message of a load'],
  ])('of damage: whose content arrived (%j)', (claimed, words) => {
    const history = emptyHistory(3);
    exchange(history, 0, 1, 1_000);
    (history.deliveries[0] as DeliveryRow).flags = DeliveryFlag.corrupt;
    const contents = [{ receiver: 1, seq: 1, sender: 0, id: 1, bytes: 64, claimed }];
    const [offender] = judge({ ...observe(history), contents }).offenders;
    expect(offender?.detail).toBe(`${words}; written at 0.001 s in session 1 of u0; it arrived with seq 1 at 0.002 s`);
  });

  test('says of an early receipt whether it names another user', () => {
    const right = emptyHistory(4);
    exchange(right, 0, 1, 1_000);
    right.receipts.push({ sender: 0, id: 1, by: 1, kind: 1, atUs: 1_500 });
    expect(detailOf(right)).toContain('it is for the right message, but too early');

    const swapped = emptyHistory(4);
    exchange(swapped, 0, 1, 1_000);
    exchange(swapped, 2, 3, 1_000);
    swapped.receipts.push({ sender: 0, id: 1, by: 3, kind: 1, atUs: 9_000 });
    expect(detailOf(swapped)).toContain("it may be another sender's: message 1 of u2 to u3");

    const stranger = emptyHistory(4);
    exchange(stranger, 0, 1, 1_000);
    stranger.receipts.push({ sender: 0, id: 1, by: 2, kind: 1, atUs: 9_000 });
    expect(detailOf(stranger)).toContain('it belongs to somebody else: the message was sent to u1');
  });

  test('names the node that served the sender and the receiver at that moment, and under which epoch', () => {
    const history = emptyHistory(2);
    const up = (user: number, node: number, epoch: number, atUs: number) =>
      history.connectionEvents.push({ user, event: ConnectionEvent.up, code: 0, atUs, node, epoch });
    up(0, 1, 4, 0);
    up(1, 2, 8, 0);
    history.connectionEvents.push({ user: 1, event: ConnectionEvent.unsure, code: 0, atUs: 500 });
    history.connectionEvents.push({ user: 0, event: ConnectionEvent.lost, code: 0, atUs: 1_000 });
    up(0, 2, 5, 2_000);
    Object.assign(exchange(history, 0, 1, 3_000_000), { session: 2 });
    up(1, 1, 9, 5_000_000);
    const details = (): string | undefined => judge({ ...observe(history), nodes: ['n1', 'n2'] }).offenders[0]?.detail;
    const [delivery] = history.deliveries.splice(0);
    const sent = 'written at 3.000 s in session 2 of u0, served by node n2, epoch 5';
    expect(details()).toBe(`${sent}; then u1 was served by node n2, epoch 8`);

    history.connectionEvents.splice(3, 0, { user: 1, event: ConnectionEvent.lost, code: 0, atUs: 2_500_000 });
    expect(details()).toBe(`${sent}; then u1 was away, served last by node n2, epoch 8`);

    history.deliveries.push({ ...(delivery as DeliveryRow), flags: DeliveryFlag.corrupt, atUs: 6_000_000 });
    expect(details()).toContain(`${sent}; it arrived with seq 1 at 6.000 s from node n1, epoch 9`);

    // Who does not say is not guessed at.
    for (const event of history.connectionEvents) event.node = 0;
    expect(details()).toContain('in session 2 of u0; it arrived with seq 1 at 6.000 s');
    expect(details()).not.toContain('node');
  });

  test('names for each device its own session and its own node, not those of another device', () => {
    const history: History = { ...emptyHistory(2), devices: 2 };
    for (const [device, node] of [
      [0, 1],
      [1, 2],
    ] as const) {
      history.connectionEvents.push({ user: 0, device, event: ConnectionEvent.up, code: 0, atUs: 0, node, epoch: 10 + node });
      history.connectionEvents.push({ user: 1, device, event: ConnectionEvent.up, code: 0, atUs: 0, node, epoch: 20 + node });
    }
    // The second device's first session, of two devices, has number 1, and its first message id 2.
    Object.assign(exchange(history, 0, 1, 1_000_000), { id: 2, session: 1 });
    Object.assign(history.deliveries[0] as DeliveryRow, { id: 2, device: 0 });
    const [offender] = judge({ ...observe(history), nodes: ['n1', 'n2'] }).offenders;
    expect(offender).toMatchObject({
      property: 'lost',
      detail: 'written at 1.000 s in session 1 of u0, served by node n2, epoch 12; then u1 on d1 was served by node n2, epoch 22',
    });
  });

  test('is kept for three offenders of each property', () => {
    const history = emptyHistory(2);
    for (let message = 0; message < 5; message++) exchange(history, 0, 1, message * 1_000);
    history.deliveries.length = 0;
    expect(judge(observe(history)).offenders).toHaveLength(3);
  });
});

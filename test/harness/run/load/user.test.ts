import { beforeEach, describe, expect, test } from 'vitest';
import type { Address, Session, SessionEnd } from '../../../../harness/contracts/driver.ts';
import { ConnectionEvent, DeliveryFlag, Outcome, SENDER_UNKNOWN } from '../../../../harness/evidence/ledger/observations.ts';
import { noCounts } from '../../../../harness/run/load/counts.ts';
import { ObservationLog } from '../../../../harness/run/load/observation-log.ts';
import { OUTBOX_LIMIT } from '../../../../harness/run/load/outbox.ts';
import { PayloadWriter } from '../../../../harness/run/load/payload.ts';
import { User, type UserHost } from '../../../../harness/run/load/user.ts';
import { UserNames } from '../../../../harness/run/load/user-names.ts';

const LOST: SessionEnd = { clean: false, code: 0, reason: 'gone', retry: 'back-off', redirect: null };
/** Of the run's entrances, the third. */
const THIRD: Address = { host: '127.0.1.3', port: 7 };
const MOVED: SessionEnd = { clean: false, code: 4_017, reason: '127.0.1.3:7', retry: 'back-off', redirect: THIRD };
const ME = 1;

/** A host without network or time: it writes down what its user does. */
class Host implements UserHost {
  readonly names = new UserNames(10);
  readonly log = new ObservationLog();
  readonly counts = noCounts();
  readonly did: string[] = [];
  readonly #payloads = new PayloadWriter(40, 3);
  /** What the session answers to a send. */
  takes = true;
  reads = (): boolean => false;
  watched = (): readonly number[] => [];
  wantsReceipts = (): boolean => false;
  settled = (): void => {};
  readonly ends: number[] = [];
  ended = ({ code }: SessionEnd): void => void this.ends.push(code);

  hopTo(_user: User, { host }: Address): number | null {
    return host === THIRD.host ? 2 : null;
  }

  connect(user: User, hop: number, redirected: boolean): Session {
    this.did.push(`connect hop=${hop} cursor=${user.cursor}${redirected ? ' redirected' : ''}`);
    return {
      send: (id, to) => {
        this.did.push(`send ${id} ${to}${this.takes ? '' : ' not taken'}`);
        return this.takes;
      },
      acknowledge: (seq) => this.did.push(`acknowledge ${seq}`),
      read: (seq) => this.did.push(`read ${seq}`),
      close: () => this.did.push('close'),
      abort: (reason) => this.did.push(`abort ${reason}`),
      link: null,
      stall: () => true,
      resume: () => {},
      abandon: () => null,
    };
  }

  retryLater(_user: User, ticket: number, tries: number, retry: string): void {
    this.did.push(`retry ${ticket} tries=${tries} ${retry}`);
  }

  payload(sender: number, id: number, intendedUs: number): Buffer {
    return this.#payloads.write(sender, id, intendedUs);
  }

  /** What was done since the last call. */
  take(): string[] {
    return this.did.splice(0);
  }
}

let host: Host;
let user: User;

beforeEach(() => {
  host = new Host();
  user = new User({ index: ME, device: 0 }, { devices: 1, firstId: 1 }, host);
  user.arrive();
  user.open(0);
  host.take();
});

const flags = (): number[] =>
  Array.from({ length: host.log.deliveries.count }, (_, i) => host.log.deliveries.columns.flags.get(i));
const outcome = (row: number): number => host.log.attempts.columns.outcome.get(row);
const deliver = (seq: number, id: number, from = 'u7', again = false): void =>
  user.delivered(seq, id, from, Buffer.from(host.payload(7, id, 0)), again);

describe('a user that receives', () => {
  test('acknowledges cumulatively and connects again from its cursor', () => {
    deliver(5, 1);
    deliver(9, 2);
    user.ended(LOST);
    user.retry(1);
    expect(host.take()).toEqual(['acknowledge 5', 'acknowledge 9', 'retry 1 tries=0 back-off', 'connect hop=1 cursor=9']);
  });

  test('ignores messages that are not above its cursor, and acknowledges them again', () => {
    deliver(5, 1);
    deliver(5, 1, 'u7', true);
    deliver(4, 2);
    expect(flags()).toEqual([0, DeliveryFlag.ignored | DeliveryFlag.again, DeliveryFlag.ignored]);
    expect(host.take()).toEqual(['acknowledge 5', 'acknowledge 5', 'acknowledge 5']);
    expect(host.counts).toMatchObject({ deliveries: 3, ignored: 2, corrupt: 0 });
  });

  test('notices a payload that was changed, and one that belongs to another message or sender', () => {
    const payload = Buffer.from(host.payload(7, 1, 0));
    payload[35] = (payload[35] as number) ^ 1;
    user.delivered(1, 1, 'u7', payload, false);
    user.delivered(2, 3, 'u7', Buffer.from(host.payload(7, 2, 0)), false);
    user.delivered(3, 2, 'u6', Buffer.from(host.payload(7, 2, 0)), false);
    user.delivered(4, 2, 'stranger', Buffer.from(host.payload(7, 2, 0)), false);
    expect(flags()).toEqual([DeliveryFlag.corrupt, DeliveryFlag.corrupt, DeliveryFlag.corrupt, DeliveryFlag.corrupt]);
    expect(host.log.deliveries.columns.sender.get(3)).toBe(SENDER_UNKNOWN);
  });

  test('marks the messages it should read as read, once, and records when', () => {
    host.reads = () => true;
    deliver(5, 1);
    deliver(5, 1);
    expect(host.take()).toEqual(['read 5', 'acknowledge 5', 'acknowledge 5']);
    const { readUs, atUs } = host.log.deliveries.columns;
    expect(readUs.get(0)).toBe(atUs.get(0));
    expect(readUs.get(1)).toBeNaN();
  });
});

describe('a user that sends', () => {
  test('numbers its messages from 1 and settles each once', () => {
    user.send(2, 100, 101);
    user.send(3, 200, 201);
    user.send(2, 300, 301);
    expect(host.take()).toEqual(['send 1 u2', 'send 2 u3', 'send 3 u2']);
    user.acked(2);
    user.refused(1, 14, 'full');
    user.acked(2);
    user.acked(99);
    expect([0, 1, 2].map(outcome)).toEqual([Outcome.failed, Outcome.acked, Outcome.indeterminate]);
    expect(host.counts).toMatchObject({ sent: 3, acked: 1, failed: 1, stray: 2, outstanding: 1 });
  });

  test('repeats unsettled messages after a reconnect, in order and before newer ones', () => {
    for (let i = 0; i < 3; i++) user.send(2, i, i);
    user.acked(2);
    user.ended(LOST);
    user.send(4, 3, 3);
    host.take();
    user.retry(1);
    user.open(0);
    user.send(5, 4, 4);
    expect(host.take()).toEqual(['connect hop=1 cursor=0', 'send 1 u2', 'send 3 u2', 'send 4 u4', 'send 5 u5']);
    const { writes, session } = host.log.attempts.columns;
    expect([0, 1, 2, 3, 4].map((row) => writes.get(row))).toEqual([2, 1, 2, 1, 1]);
    expect([0, 1, 2, 3, 4].map((row) => session.get(row))).toEqual([1, 1, 1, 2, 2]);
    expect(host.counts).toMatchObject({ sent: 5, repeated: 2 });
  });

  test('does not count a message as written if the session did not take it', () => {
    host.takes = false;
    user.send(2, 0, 0);
    expect(outcome(0)).toBe(Outcome.unsent);
    host.takes = true;
    user.ended(LOST);
    user.retry(1);
    user.open(0);
    expect(outcome(0)).toBe(Outcome.indeterminate);
    expect(host.log.attempts.columns.session.get(0)).toBe(2);
  });

  test('keeps a bounded outbox: a message that finds it full is recorded as unsent and counted', () => {
    user.ended(LOST);
    for (let i = 0; i < OUTBOX_LIMIT + 3; i++) user.send(2, i, i);
    expect(host.counts).toMatchObject({ overflowed: 3, outstanding: OUTBOX_LIMIT });
    user.retry(1);
    user.open(0);
    expect(host.take().filter((did) => did.startsWith('send'))).toHaveLength(OUTBOX_LIMIT);
    expect(outcome(OUTBOX_LIMIT)).toBe(Outcome.unsent);
  });
});

describe('a user whose session ends', () => {
  const events = (): number[] =>
    Array.from({ length: host.log.connectionEvents.count }, (_, i) => host.log.connectionEvents.columns.event.get(i));

  test('distinguishes a lost session from a failed attempt, and counts failures in a row', () => {
    user.ended({ ...LOST, code: 4_011 });
    user.retry(1);
    user.ended({ ...LOST, code: 4_013 });
    user.retry(2);
    user.ended(LOST);
    expect(host.take().filter((did) => did.startsWith('retry'))).toEqual([
      'retry 1 tries=0 back-off',
      'retry 2 tries=1 back-off',
      'retry 3 tries=2 back-off',
    ]);
    expect(events()).toEqual([ConnectionEvent.up, ConnectionEvent.lost, ConnectionEvent.refused, ConnectionEvent.refused]);
    expect([1, 2, 3].map((row) => host.log.connectionEvents.columns.code.get(row))).toEqual([4_011, 4_013, 0]);
    expect(host.counts).toMatchObject({ connected: 0, lost: 1, refused: 2, opened: 1 });
  });

  test('uses only its latest ticket', () => {
    user.ended(LOST);
    user.leave();
    user.arrive();
    user.ended(LOST);
    host.take();
    user.retry(1);
    expect(host.take()).toEqual([]);
    user.retry(2);
    expect(host.take()).toEqual(['connect hop=2 cursor=0']);
  });

  test('stays away when told to, and no longer sends', () => {
    user.ended({ ...LOST, retry: 'never' });
    expect(user.isPresent).toBe(false);
    user.arrive();
    expect(host.take()).toEqual([]);
    expect(host.counts.stopped).toBe(1);
  });

  test('that it left on purpose does not return by itself, and returns at once if it is wanted again meanwhile', () => {
    user.leave();
    expect(user.isPresent).toBe(false);
    user.ended({ ...LOST, clean: true });
    expect(host.take()).toEqual(['close']);
    user.arrive();
    user.open(0);
    user.leave();
    user.arrive();
    expect(host.take()).toEqual(['connect hop=0 cursor=0', 'close']);
    user.ended({ ...LOST, clean: true });
    expect(host.take()).toEqual(['connect hop=0 cursor=0']);
    expect(events()).toEqual([ConnectionEvent.up, ConnectionEvent.left, ConnectionEvent.up, ConnectionEvent.left]);
    expect(host.counts.lost).toBe(0);
  });
});

describe('what a user waits for', () => {
  const releasedUs = (row: number): number => host.log.attempts.columns.releasedUs.get(row);

  test('is released when the user leaves by choice, once, and not what was answered before or is sent after the return', () => {
    for (const atUs of [1, 2, 3]) user.send(2, atUs, atUs);
    user.acked(1);
    user.leave();
    const leftUs = releasedUs(1);
    expect(leftUs).toBeGreaterThan(3);
    user.ended({ ...LOST, clean: true });
    user.arrive();
    user.open(0);
    user.send(2, 4, 4);
    user.leave();
    expect([releasedUs(0), releasedUs(1), releasedUs(2)]).toEqual([Number.NaN, leftUs, leftUs]);
    expect(releasedUs(3)).toBeGreaterThanOrEqual(leftUs);
  });

  test('is not released when the server ends the session, however long it takes to come back', () => {
    user.send(2, 1, 1);
    user.ended(LOST);
    user.send(2, 2, 2);
    user.retry(1);
    user.open(0);
    user.acked(1);
    expect([releasedUs(0), releasedUs(1)]).toEqual([Number.NaN, Number.NaN]);
  });

  test('is released from the first where the user itself keeps away, or does not read', () => {
    user.stopReading();
    user.send(2, 7, 7);
    user.readAgain();
    user.send(2, 8, 8);
    user.bar();
    user.ended(LOST);
    user.send(2, 9, 9);
    expect([releasedUs(0), releasedUs(1), releasedUs(2)]).toEqual([7, Number.NaN, 9]);
  });
});

describe('a user that is sent elsewhere', () => {
  const events = (): number[] =>
    Array.from({ length: host.log.connectionEvents.count }, (_, i) => host.log.connectionEvents.columns.event.get(i));
  beforeEach(() => {
    user.ended(LOST);
    user.retry(1);
    host.take();
    host.ends.length = 0;
  });

  test('goes there at once and says so; this loses no connection and counts as no failed attempt', () => {
    user.ended(MOVED);
    expect(host.take()).toEqual(['connect hop=2 cursor=0 redirected']);
    user.open(0);
    expect(events()).toEqual([ConnectionEvent.up, ConnectionEvent.lost, ConnectionEvent.up]);
    expect([host.counts, host.ends]).toMatchObject([{ redirected: 1, refused: 0, lost: 1, connected: 1 }, []]);
  });

  test('backs off if the place does not belong to this run, and this is recorded', () => {
    user.ended({ ...MOVED, redirect: { host: '10.0.0.1', port: 7 } });
    expect(host.take()).toEqual(['retry 2 tries=1 back-off']);
    expect(events()).toEqual([ConnectionEvent.up, ConnectionEvent.lost, ConnectionEvent.refused]);
    expect([host.counts, host.ends]).toMatchObject([{ redirected: 0, refused: 1 }, [4_017]]);
  });

  test('follows only so many moves in a row, then backs off and chooses by itself', () => {
    for (let i = 0; i < 5; i++) user.ended(MOVED);
    user.retry(2);
    user.ended(MOVED);
    user.open(0);
    user.ended(LOST);
    user.retry(3);
    for (let i = 0; i < 4; i++) user.ended(MOVED);
    const there = 'connect hop=2 cursor=0 redirected';
    expect(host.take()).toEqual([
      ...[there, there, there, there, 'retry 2 tries=1 back-off', 'connect hop=3 cursor=0'],
      ...[there, 'retry 3 tries=2 back-off', 'connect hop=3 cursor=0'],
      ...[there, there, there, there],
    ]);
    expect(host.counts).toMatchObject({ redirected: 9, refused: 1 });
  });

  test('goes there at once even when it was online: it was moved, and has lost nothing, once it is there', () => {
    user.open(0);
    user.ended(MOVED);
    expect(host.take()).toEqual(['connect hop=2 cursor=0 redirected']);
    expect(host.counts).toMatchObject({ redirected: 1, lost: 1, connected: 0 });
    user.open(0);
    expect(events().slice(-3)).toEqual([ConnectionEvent.up, ConnectionEvent.moved, ConnectionEvent.up]);
    expect([host.counts, host.ends]).toMatchObject([{ lost: 1, refused: 0, connected: 1 }, []]);
  });

  test('has lost its connection after all if the new place refuses it, and further failures are failures to connect', () => {
    user.open(0);
    user.ended(MOVED);
    user.ended(LOST);
    user.retry(2);
    user.ended(LOST);
    expect(events().slice(-4)).toEqual([
      ConnectionEvent.up,
      ConnectionEvent.moved,
      ConnectionEvent.lost,
      ConnectionEvent.refused,
    ]);
    expect(host.counts).toMatchObject({ lost: 2, refused: 1, connected: 0 });
  });

  test('has lost its connection if it was online and does not know the place', () => {
    user.open(0);
    user.ended({ ...MOVED, redirect: { host: '10.0.0.1', port: 7 } });
    expect(events().slice(-2)).toEqual([ConnectionEvent.up, ConnectionEvent.lost]);
    expect([host.counts, host.ends]).toMatchObject([{ redirected: 0, lost: 2 }, [4_017]]);
  });

  test('has left, and lost nothing, if it leaves while it is being moved', () => {
    user.open(0);
    user.ended(MOVED);
    user.leave();
    user.ended({ ...LOST, clean: true });
    user.arrive();
    user.ended(LOST);
    expect(events().slice(-3)).toEqual([ConnectionEvent.moved, ConnectionEvent.left, ConnectionEvent.refused]);
    expect(host.counts).toMatchObject({ lost: 1, refused: 1 });
  });

  test('counts in a row only attempts that did not bring it online', () => {
    for (let i = 0; i < 10; i++) {
      user.open(0);
      user.ended(MOVED);
    }
    expect(new Set(host.take())).toEqual(new Set(['connect hop=2 cursor=0 redirected']));
  });

  test('stays away if it left meanwhile', () => {
    user.leave();
    user.ended(MOVED);
    expect(host.take()).toEqual(['close']);
  });
});

test('a user whose process alone died returns once to where it was; one whose node goes away does not', () => {
  const connects = (): string[] => host.take().filter((did) => did.startsWith('connect'));
  user.ended({ ...LOST, code: 4_011, retry: 'at-once' });
  user.retry(1);
  expect(connects()).toEqual(['connect hop=0 cursor=0']);
  user.ended({ ...LOST, code: 4_011, retry: 'at-once' });
  user.retry(2);
  expect(connects()).toEqual(['connect hop=1 cursor=0']);
  user.ended({ ...LOST, code: 4_012, retry: 'elsewhere' });
  user.retry(3);
  expect(connects()).toEqual(['connect hop=2 cursor=0']);
});

test('a user never returns at once to an entrance that failed it', () => {
  for (let session = 0; session < 4; session++) {
    user.ended(LOST);
    user.retry(session + 1);
    user.open(0);
  }
  expect(host.take().filter((did) => did.startsWith('connect'))).toEqual(
    [1, 2, 3, 4].map((hop) => `connect hop=${hop} cursor=0`),
  );
});

test('the node of a session, and what arrived in place of what was sent, are kept as evidence', () => {
  user.ended(LOST);
  user.retry(1);
  user.open(0, { node: 'n2', epoch: 7 });
  const { connectionEvents, nodes, contents } = host.log;
  const last = connectionEvents.count - 1;
  expect(nodes).toEqual(['n2']);
  expect([0, last].map((row) => [connectionEvents.columns.node.get(row), connectionEvents.columns.epoch.get(row)])).toEqual([
    [0, 0],
    [1, 7],
  ]);
  user.delivered(1, 4, host.names.name(2), Buffer.from(host.payload(3, 9, 0)), false);
  const claimed = { sender: 3, id: 9, whole: true };
  expect(contents).toEqual([{ receiver: ME, seq: 1, sender: 2, id: 4, bytes: 40, claimed }]);
});

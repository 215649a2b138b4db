import { beforeEach, describe, expect, test } from 'vitest';
import type { ConnectOptions, Driver, Session, SessionEnd, SessionEvents } from '../../../../harness/contracts/driver.ts';
import { CheckedDriver } from '../../../../harness/run/drivers/checked-driver.ts';

const OPTIONS: ConnectOptions = {
  endpoint: { host: '127.0.0.1', port: 1, path: '/' },
  credential: { user: 'u7', device: 'd0', token: '', secret: '' },
  cursor: 0,
  usedId: 0,
  localAddress: null,
  handshakeTimeoutMs: 1_000,
  keepaliveMs: 1_000,
  redirected: false,
};
const END: SessionEnd = { clean: false, code: 0, reason: 'gone', retry: 'back-off', redirect: null };
const PAYLOAD = Buffer.from('sixteen bytes ok');

/** What the user was told. */
let told: string[];
let tell: SessionEvents;
let session: Session;
let driver: CheckedDriver;
/** What the driver did with the payload of its last send. */
let kept: Buffer;
let over: Partial<Session>;

const user: SessionEvents = {
  open: (cursor) => told.push(`open ${cursor}`),
  acked: (id) => told.push(`acked ${id}`),
  refused: (id) => told.push(`refused ${id}`),
  delivered: (seq, id, from, payload) => told.push(`delivered ${seq} ${id} ${from} ${payload}`),
  receipt: (kind, id) => told.push(`${kind} ${id}`),
  ended: ({ reason }) => told.push(`ended ${reason}`),
};

beforeEach(() => {
  told = [];
  over = {};
  const inner: Driver = {
    name: 'loop',
    tend: () => undefined,
    connect(_options, events) {
      tell = events;
      return {
        send(_id, _to, payload) {
          kept = payload;
          return true;
        },
        acknowledge: () => undefined,
        read: () => undefined,
        close: () => undefined,
        abort: () => undefined,
        link: null,
        stall: () => true,
        resume: () => undefined,
        abandon: () => null,
        ...over,
      };
    },
  };
  driver = new CheckedDriver(inner, 'loop.ts', () => undefined);
  session = driver.connect(OPTIONS, user);
});

const broken = (): string[] => driver.brokenRules.map(({ rule, count }) => `${rule} ${count}`);
const send = (id: number): boolean => session.send(id, 'u8', PAYLOAD, false);
const deliver = (payload: unknown = Buffer.from('hi'), seq: unknown = 1): void =>
  tell.delivered(seq as number, 1, 'u8', payload as Buffer, false);

function tend(ms: number): void {
  for (let at = 0; at <= ms; at += 50) driver.tend(1_000_000 + at);
}

test('a session that keeps the rules is reported unchanged', () => {
  tell.open(3);
  expect([send(1), send(2)]).toEqual([true, true]);
  tell.acked(1);
  tell.refused(2, 7, 'no');
  deliver();
  tell.receipt('read', 1, 'u8');
  session.close();
  tell.ended(END);
  tend(20_000);
  expect(told).toEqual(['open 3', 'acked 1', 'refused 2', 'delivered 1 1 u8 hi', 'read 1', 'ended gone']);
  expect(driver.brokenRules).toEqual([]);
});

describe('the report of a broken rule', () => {
  test('has the driver, its file, the rule, how often it was broken, and the first example', () => {
    tell.open(0);
    tell.open(0);
    tell.open(0);
    expect(driver.brokenRules).toEqual([
      { driver: 'loop (loop.ts)', rule: 'opens-once', count: 2, example: 'open() of u7 came again' },
    ]);
    expect(told).toEqual(['open 0']);
  });

  test.each([undefined, '3', -1, 1.5, Number.NaN])('treats a cursor of %s as no cursor', (cursor) => {
    tell.open(cursor as never);
    expect(told).toEqual(['open 0']);
    expect(broken()).toEqual(['tells-types 1']);
  });

  test('calls that come before open() are kept and made right after it', () => {
    deliver();
    tell.open(0);
    expect(told).toEqual(['open 0', 'delivered 1 1 u8 hi']);
    expect(broken()).toEqual(['opens-first 1']);
  });

  test('calls that come after ended() reach nobody', () => {
    tell.open(0);
    tell.ended(END);
    tell.ended(END);
    deliver();
    expect(told).toEqual(['open 0', 'ended gone']);
    expect(broken()).toEqual(['ends-once 1', 'ends-last 1']);
  });

  test('a call from within a method is made later', async () => {
    over = {
      send: (id) => {
        tell.acked(id);
        return true;
      },
    };
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    send(1);
    expect(told).toEqual(['open 0']);
    await Promise.resolve();
    expect(told).toEqual(['open 0', 'acked 1']);
    expect(broken()).toEqual(['tells-later 1']);
  });

  test('an exception ends nothing but the call', () => {
    over = {
      send: () => {
        throw new TypeError('what?');
      },
    };
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    expect(send(1)).toBe(false);
    expect(driver.brokenRules).toMatchObject([{ rule: 'throws-nothing', example: 'send() threw TypeError: what?' }]);
  });

  test.each([
    ['settles-what-was-sent', () => tell.acked(2)],
    ['settles-once', () => [tell.acked(1), tell.refused(1, 0, '')]],
    ['tells-types', () => tell.acked('1' as never)],
    ['tells-types', () => deliver('text')],
    ['tells-types', () => deliver(new Uint8Array(4))],
    ['tells-types', () => deliver(PAYLOAD, 0)],
    ['tells-types', () => deliver(PAYLOAD, 1.5)],
    ['tells-types', () => deliver(PAYLOAD, Number.NaN)],
    ['tells-types', () => deliver(PAYLOAD, 2n)],
    ['tells-types', () => tell.receipt('seen' as never, 1, 'u8')],
    ['tells-types', () => tell.presence?.(7 as never, true)],
    ['tells-types', () => tell.presence?.('u8', 'yes' as never)],
    ['tells-types', () => tell.ended(undefined as never)],
    ['tells-types', () => tell.ended({ ...END, code: 70_000 })],
    ['tells-types', () => tell.ended({ ...END, by: 'nobody' as never })],
  ])('%s', (rule, mistake) => {
    tell.open(0);
    send(1);
    mistake();
    expect(broken()).toEqual([`${rule} 1`]);
  });

  test('a payload is overwritten as soon as send() has returned, and is recognised when it arrives', () => {
    tell.open(0);
    send(1);
    expect(PAYLOAD.toString()).toBe('sixteen bytes ok');
    deliver(Buffer.from(kept));
    expect(broken()).toEqual(['payload-not-kept 1']);
    over = { send: (_id, _to, payload) => payload.fill(0).length > 0 };
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    send(2);
    expect(broken()).toEqual(['payload-not-kept 1', 'payload-not-altered 1']);
  });

  test.each<[mistake: string, wrong: Partial<Session>, use: () => unknown, gives: unknown]>([
    ['send() without an answer', { send: () => undefined as never }, () => send(1), true],
    ['stall() without an answer', { stall: () => undefined as never }, () => session.stall(), false],
    ['a link that is a text', { link: '127.0.0.1:80' as never }, () => session.link, null],
    ['a link of one address', { link: { local: '127.0.0.1:80' } as never }, () => session.link, null],
    ['abandon() without end()', { abandon: () => ({}) as never }, () => session.abandon(), null],
  ])('answers: %s', (_mistake, wrong, use, gives) => {
    over = wrong;
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    expect(use()).toBe(gives);
    expect(broken()).toEqual(['answers 1']);
  });

  test.each<[method: string, use: () => unknown]>([
    ['acknowledge', () => session.acknowledge(1)],
    ['read', () => session.read(1)],
    ['close', () => session.close()],
    ['abort', () => session.abort()],
    ['stall', () => session.stall()],
    ['resume', () => session.resume()],
    ['abandon', () => session.abandon()],
  ])('throws-nothing: an exception in %s() reaches nobody', (method, use) => {
    over = {
      [method]: () => {
        throw new Error('no');
      },
    };
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    use();
    expect(driver.brokenRules).toMatchObject([{ rule: 'throws-nothing', count: 1, example: `${method}() threw Error: no` }]);
  });

  test.each<[event: string, method: 'acknowledge' | 'read', early: () => void, then: string]>([
    ['delivered', 'acknowledge', () => deliver(), 'delivered 1 1 u8 hi'],
    ['receipt', 'read', () => tell.receipt('read', 1, 'u8'), 'read 1'],
    ['ended', 'read', () => tell.ended(END), 'ended gone'],
  ])('tells-later: %s() from within %s() is reported after it', async (_event, method, early, then) => {
    over = { [method]: early };
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    session[method](1);
    expect(told).toEqual(['open 0']);
    await Promise.resolve();
    expect(told).toEqual(['open 0', then]);
    expect(broken()).toEqual(['tells-later 1']);
  });

  test('a payload that is reported too early is copied, because it belongs to the driver', () => {
    const own = Buffer.from('hi');
    deliver(own);
    own.fill('x');
    tell.open(0);
    expect(told).toEqual(['open 0', 'delivered 1 1 u8 hi']);
  });

  test('a session that is open and accepts nothing for more than five seconds breaks a rule', () => {
    over = { send: () => false };
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    expect(send(1)).toBe(false);
    tend(4_900);
    send(1);
    expect(broken()).toEqual([]);
    tend(300);
    send(1);
    expect(broken()).toEqual(['takes-while-open 1']);
  });

  test('a message sent on two connections may be acknowledged on both, but not a third time', () => {
    tell.open(0);
    send(1);
    tell.ended(END);
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    send(1);
    tell.acked(1);
    tell.acked(1);
    expect(broken()).toEqual([]);
    tell.acked(1);
    expect(broken()).toEqual(['settles-once 1']);
  });
});

describe('within the time limit', () => {
  test('a session has opened or ended, and one that was closed has ended', () => {
    driver.tend(999_000);
    tend(7_000);
    expect(broken()).toEqual(['opens-in-time 1']);
    expect(told).toEqual(['ended given up']);
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    session.close();
    driver.tend(1_007_000);
    for (let at = 0; at < 6_000; at += 50) driver.tend(1_007_000 + at);
    expect(broken()).toEqual(['opens-in-time 1', 'ends-when-asked 1']);
  });

  test('an abandoned session has ended as well', () => {
    over = { abandon: () => ({ end: () => undefined }) };
    driver.tend(999_950);
    session = driver.connect(OPTIONS, user);
    tell.open(0);
    session.abandon();
    tend(6_000);
    expect(broken()).toContain('ends-when-asked 1');
    expect(told).toContain('ended given up');
  });

  test('time in which this process did not run is not counted', () => {
    driver.tend(1_000);
    driver.tend(100_000);
    expect(broken()).toEqual([]);
  });
});

test('an uncaught error is the driver’s unless the harness threw it', () => {
  const own = Object.assign(new Error('mine'), {
    stack: 'Error: mine\n    at JSON.parse (<anonymous>)\n    at file:///home/me/driver.ts:3:4',
  });
  const ours = new URL('../../../../harness/run/load/user.ts', import.meta.url).href;
  const harness = Object.assign(new Error('full'), {
    stack: `Error: full\n    at User.delivered (${ours}:1:2)\n    at file:///home/me/driver.ts:3:4`,
  });
  expect([driver.claims(own), driver.claims(harness)]).toEqual([true, false]);
  expect(broken()).toEqual(['throws-nothing 1']);
});

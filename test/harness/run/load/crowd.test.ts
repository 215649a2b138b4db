/** What a crowd does in one tick, with a driver that has no network and takes its time. */
import { expect, test } from 'vitest';
import type { ConnectOptions, Driver, Session, SessionEvents } from '../../../../harness/contracts/driver.ts';
import { monotonicUs } from '../../../../harness/evidence/measure/clock.ts';
import { Crowd } from '../../../../harness/run/load/crowd.ts';
import { planned } from '../../plan/scenario/planning.ts';

const USERS = 200;
/** What it costs this driver to open one connection. */
const CONNECT_US = 1_000;
/** Users who are not cut off. */
const STAYING = 20;
const GONE = { clean: false, code: 0, reason: 'gone', retry: 'elsewhere', redirect: null } as const;
/** Above the jitter of a retry elsewhere. */
const RETRIES_DUE_US = 60_000;

/** Whatever its sessions are asked for, in order. */
class SlowDriver implements Driver {
  readonly name = 'slow';
  readonly did: ('connect' | 'send')[] = [];
  readonly opening: SessionEvents[] = [];

  connect(_options: ConnectOptions, events: SessionEvents): Session {
    burn(CONNECT_US);
    this.did.push('connect');
    this.opening.push(events);
    return {
      send: () => this.did.push('send') > 0,
      acknowledge: () => {},
      read: () => {},
      close: () => {},
      abort: () => {},
      link: null,
      stall: () => false,
      resume: () => {},
      abandon: () => null,
    };
  }

  tend(): void {}
}

function burn(us: number): void {
  for (const endUs = monotonicUs() + us; monotonicUs() < endUs; );
}

test('sends that are due leave before users who return together, and these return in slices', () => {
  const driver = new SlowDriver();
  const { load } = planned(`name: c\nusers: ${USERS}\nload: { model: constant, rate: 100/s, duration: 1m, workers: 1 }\n`);
  const credentials = (from: number, count: number) =>
    crowd.credentials.receive(
      from,
      Array.from({ length: count }, () => ['token', 'secret'] as const),
    );
  const crowd: Crowd = new Crowd(
    {
      worker: 0,
      workers: 1,
      seed: 5,
      users: USERS,
      from: 0,
      to: USERS,
      firstName: 0,
      firstId: 1,
      load,
      driver: 'slow',
      endpoints: [1, 2].map((node) => ({ host: `127.0.1.${node}`, port: 1, path: '/' })),
      folder: '',
    },
    driver,
    credentials,
  );
  try {
    let reached = false;
    crowd.connectUpTo(USERS, 1e9, () => {
      reached = true;
    });
    const signedIn: SessionEvents[] = [];
    while (!reached) {
      crowd.tick();
      for (const session of driver.opening.splice(0)) {
        session.open(0);
        signedIn.push(session);
      }
    }
    crowd.start(monotonicUs(), () => {});
    // All but the first few are cut off at once, and wait until each of their retries is due, and a few sends with them.
    for (const session of signedIn.slice(STAYING)) session.ended({ ...GONE });
    burn(RETRIES_DUE_US);
    driver.did.length = 0;
    crowd.tick();
    expect(driver.did.filter((what) => what === 'send').length).toBeGreaterThan(0);
    expect(driver.did.lastIndexOf('send')).toBeLessThan(driver.did.indexOf('connect'));
    const first = driver.did.filter((what) => what === 'connect').length;
    expect(first).toBeLessThan(USERS / 10);
    for (let ticks = 1; driver.did.filter((what) => what === 'connect').length < USERS - STAYING; ticks++) {
      expect(ticks).toBeLessThan(USERS);
      crowd.tick();
    }
  } finally {
    crowd.stop();
  }
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../../harness/evidence/ledger/judge.ts';
import type { PresenceTerms } from '../../../../harness/evidence/ledger/presence.ts';
import { ConnectionEvent, emptyHistory, type History, observe, Told } from './history.ts';

const SECOND = 1_000_000;
const TERMS: PresenceTerms = { boundUs: 2 * SECOND, lingerUs: 5 * SECOND, unrest: [], endUs: 30 * SECOND };
const WATCHER = 0;
const WATCHED = 1;

/** User 0 watches user 1, both signed in from second 0 on, and is told so at once. */
function watching(devices = 1): History {
  const history = { ...emptyHistory(2), devices };
  for (let device = 0; device < devices; device++) {
    change(history, WATCHED, device, [[ConnectionEvent.up, 0]]);
    change(history, WATCHER, device, [[ConnectionEvent.up, 0]]);
  }
  history.presence = [];
  asks(history, 0);
  tells(history, Told.online, 0.1);
  return history;
}

function change(history: History, user: number, device: number, events: readonly (readonly [ConnectionEvent, number])[]): void {
  for (const [event, second] of events) history.connectionEvents.push({ user, device, event, code: 0, atUs: second * SECOND });
}

function asks(history: History, second: number): void {
  history.presence?.push({ watcher: WATCHER, watched: WATCHED, told: Told.asked, atUs: second * SECOND });
}

function tells(history: History, told: Told, second: number): void {
  history.presence?.push({ watcher: WATCHER, watched: WATCHED, told, atUs: second * SECOND });
}

function wrong(history: History, terms: Partial<PresenceTerms> = {}): number | null {
  return judge(observe(history), null, { ...TERMS, ...terms }).presenceWrong;
}

describe('a watcher', () => {
  test('who is told in time is told the truth', () => {
    const history = watching();
    change(history, WATCHED, 0, [
      [ConnectionEvent.left, 10],
      [ConnectionEvent.up, 20],
    ]);
    tells(history, Told.offline, 11.9);
    tells(history, Told.online, 21.9);
    expect(judge(observe(history), null, TERMS)).toMatchObject({ presenceWrong: 0, presenceJudged: 3, evidence: [] });
  });

  test('who is never told that somebody left, or is told too late, was told a lie', () => {
    const stuck = watching();
    change(stuck, WATCHED, 0, [[ConnectionEvent.left, 10]]);
    const report = judge(observe(stuck), null, TERMS);
    expect(report.presenceWrong).toBe(1);
    expect(report.evidence).toEqual([
      {
        property: 'presenceWrong',
        message: 'u1 was offline from 10.000 s on; u0, who watched it, was told that it was online from 10.000 s to 30.000 s',
      },
    ]);
    tells(stuck, Told.offline, 12.1);
    expect(wrong(stuck)).toBe(1);
  });

  test('who is told that somebody left who is still there was told a lie, unless it is taken back in time', () => {
    const history = watching();
    tells(history, Told.offline, 10);
    expect(wrong(history)).toBe(1);
    tells(history, Told.online, 11.5);
    expect(wrong(history)).toBe(0);
  });

  test('who is told nothing at all has missed what the server promised', () => {
    const history = { ...watching(), presence: [] };
    asks(history, 0);
    expect(judge(observe(history), null, TERMS)).toMatchObject({ presenceWrong: 1 });
    expect(judge(observe(history), null, TERMS).evidence[0]?.message).toContain('was not told anything about it');
  });

  test('who comes back is told anew: what an earlier session was told does not count', () => {
    const history = watching();
    change(history, WATCHER, 0, [
      [ConnectionEvent.lost, 10],
      [ConnectionEvent.up, 12],
    ]);
    asks(history, 12);
    expect(wrong(history)).toBe(1);
    tells(history, Told.online, 13);
    expect(wrong(history)).toBe(0);
  });

  test('is not judged while it is away, nor about facts that last less than the bound', () => {
    const history = watching();
    change(history, WATCHER, 0, [[ConnectionEvent.lost, 10.5]]);
    change(history, WATCHED, 0, [[ConnectionEvent.left, 10]]);
    expect(wrong(history)).toBe(0);
    const brief = watching();
    change(brief, WATCHED, 0, [
      [ConnectionEvent.left, 10],
      [ConnectionEvent.up, 11.9],
    ]);
    expect(wrong(brief)).toBe(0);
  });

  test('whose socket is not read may have missed a change, until it reads again', () => {
    const history = watching();
    change(history, WATCHER, 0, [
      [ConnectionEvent.unsure, 9],
      [ConnectionEvent.sure, 26],
    ]);
    change(history, WATCHED, 0, [[ConnectionEvent.left, 10]]);
    expect(wrong(history)).toBe(0);
  });
});

describe('a user who is watched', () => {
  test('and breaks off may be shown online while the server lingers, and no longer', () => {
    const history = watching();
    change(history, WATCHED, 0, [[ConnectionEvent.lost, 10]]);
    tells(history, Told.offline, 16.9);
    expect(wrong(history)).toBe(0);
    expect(wrong(history, { lingerUs: SECOND })).toBe(1);
    expect(wrong(history, { lingerUs: Number.POSITIVE_INFINITY })).toBe(0);
  });

  test('and breaks off in the middle of a fault is in doubt until it is back', () => {
    const history = watching();
    change(history, WATCHED, 0, [[ConnectionEvent.lost, 10]]);
    const unrest = [{ fromUs: 9.5 * SECOND, untilUs: 9.6 * SECOND }];
    expect(wrong(history)).toBe(1);
    expect(wrong(history, { unrest })).toBe(0);
    change(history, WATCHED, 0, [
      [ConnectionEvent.up, 12],
      [ConnectionEvent.left, 14],
    ]);
    expect(wrong(history, { unrest })).toBe(1);
  });

  test('and gives up while it signs in may have been let in: the server lingers from then on', () => {
    const history = watching();
    change(history, WATCHED, 0, [
      [ConnectionEvent.lost, 10],
      [ConnectionEvent.refused, 13],
      [ConnectionEvent.left, 14],
    ]);
    tells(history, Told.offline, 20.9);
    expect(wrong(history)).toBe(0);
    expect(wrong(history, { boundUs: 1.5 * SECOND })).toBe(1);
  });

  test('is online while one of its two devices is, and offline when both are gone', () => {
    const history = watching(2);
    change(history, WATCHED, 0, [[ConnectionEvent.left, 5]]);
    expect(wrong(history)).toBe(0);
    change(history, WATCHED, 1, [[ConnectionEvent.left, 10]]);
    expect(wrong(history)).toBe(1);
    tells(history, Told.offline, 11);
    expect(wrong(history)).toBe(0);
    tells(history, Told.online, 25);
    expect(wrong(history)).toBe(1);
  });

  test('whose connection was abandoned is in doubt until it has another', () => {
    const history = watching();
    change(history, WATCHED, 0, [
      [ConnectionEvent.lost, 10],
      [ConnectionEvent.unsure, 10],
    ]);
    expect(wrong(history)).toBe(0);
  });
});

describe('it is unknown of a user who is watched', () => {
  const unrest = [{ fromUs: 9.5 * SECOND, untilUs: 9.6 * SECOND }];

  test('whether the server heard a goodbye that was said in the middle of a fault', () => {
    const history = watching();
    change(history, WATCHED, 0, [[ConnectionEvent.left, 10]]);
    expect(wrong(history)).toBe(1);
    expect(wrong(history, { unrest })).toBe(0);
  });

  test('whether a server that refused the user in the middle of a fault had let the user in', () => {
    const history = watching();
    change(history, WATCHED, 0, [
      [ConnectionEvent.left, 5],
      [ConnectionEvent.refused, 10],
    ]);
    tells(history, Told.offline, 6);
    tells(history, Told.online, 20);
    expect(wrong(history)).toBe(1);
    expect(wrong(history, { unrest })).toBe(0);
  });

  test.each([ConnectionEvent.moved, ConnectionEvent.unsure])(
    'whether the user is online once the device is sent elsewhere or is not read (event %i)',
    (event) => {
      const history = watching();
      change(history, WATCHED, 0, [[event, 10]]);
      tells(history, Told.offline, 11);
      expect(wrong(history)).toBe(0);
    },
  );

  test('whether the user is online while one device is in doubt and the other is gone; while the other is there, the user is online', () => {
    const history = watching(2);
    change(history, WATCHED, 1, [[ConnectionEvent.unsure, 5]]);
    tells(history, Told.offline, 8);
    tells(history, Told.online, 11);
    expect(wrong(history)).toBe(1);
    change(history, WATCHED, 0, [[ConnectionEvent.left, 7]]);
    expect(wrong(history)).toBe(0);
  });
});

test('a lie that outlasts the bound counts once, however often the fact is confirmed meanwhile', () => {
  const history = watching();
  tells(history, Told.offline, 10);
  change(
    history,
    WATCHED,
    0,
    Array.from({ length: 20 }, (_, index) => [ConnectionEvent.sure, 10 + index] as const),
  );
  expect(wrong(history)).toBe(1);
});

test('nothing is judged while a fault is active, and the bound begins anew after it', () => {
  const history = watching();
  change(history, WATCHED, 0, [[ConnectionEvent.left, 5]]);
  tells(history, Told.offline, 21.5);
  expect(wrong(history)).toBe(1);
  // The goodbye was said before the fault, so that the fact is certain.
  expect(wrong(history, { unrest: [{ fromUs: 6.5 * SECOND, untilUs: 20 * SECOND }] })).toBe(0);
  expect(wrong(history, { unrest: [{ fromUs: 6.5 * SECOND, untilUs: 19 * SECOND }] })).toBe(1);
});

test('the figure is unknown, never zero, without watchers, without terms or without a fact that lasts', () => {
  const history = watching();
  expect(judge(observe(history))).toMatchObject({ presenceWrong: null, presenceJudged: 0 });
  expect(wrong({ ...history, presence: [] })).toBeNull();
  expect(wrong(history, { endUs: SECOND })).toBeNull();
});

test('a server that announces every change within the bound is never called a liar, whatever the devices do', () => {
  const step = fc.record({
    user: fc.nat(1),
    device: fc.nat(1),
    leaves: fc.boolean(),
    afterMs: fc.integer({ min: 1, max: 6_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 0, max: 1_900 }), (steps, lateMs) => {
      const history = watching(2);
      const up = [
        [true, true],
        [true, true],
      ];
      const isOnline = (): boolean => (up[WATCHED] as boolean[]).includes(true);
      let atMs = 200;
      for (const { user, device, leaves, afterMs } of steps) {
        atMs += afterMs;
        const before = isOnline();
        const devices = up[user] as boolean[];
        if (leaves !== devices[device]) continue;
        devices[device] = !leaves;
        change(history, user, device, [[leaves ? ConnectionEvent.left : ConnectionEvent.up, atMs / 1000]]);
        const now = isOnline() ? Told.online : Told.offline;
        if (user === WATCHER && device === 0 && !leaves) {
          asks(history, atMs / 1000);
          tells(history, now, (atMs + lateMs) / 1000);
        }
        if (isOnline() !== before) tells(history, now, (atMs + lateMs) / 1000);
      }
      history.presence?.sort((a, b) => a.atUs - b.atUs);
      // A server tells in order: what was told last is what was so last.
      const endUs = (atMs + 10_000) * 1000;
      expect(wrong(history, { endUs }) ?? 0).toBe(0);
    }),
  );
});

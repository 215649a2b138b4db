import { describe, expect, test } from 'vitest';
import { numberingOf, numberingText } from '../../../../harness/evidence/ledger/numbering.ts';
import { ConnectionEvent, DeliveryFlag, emptyHistory, exchange, type History, observe } from './history.ts';

const ME = 1;

/** User 1 is on a new connection with each list of numbers, and gets a new message with each number; the cursor hides what it must. */
function deliveriesBy(connections: readonly (readonly number[])[]): History {
  const history = emptyHistory(2);
  let atUs = 0;
  let cursor = 0;
  for (const numbers of connections) {
    atUs += 1_000_000;
    history.connectionEvents.push({ user: ME, event: ConnectionEvent.up, code: 0, atUs });
    for (const seq of numbers) {
      atUs += 1_000;
      exchange(history, 0, ME, atUs, 500);
      const isHidden = seq <= cursor;
      Object.assign(history.deliveries.at(-1) as object, { seq, flags: isHidden ? DeliveryFlag.ignored : 0 });
      if (!isHidden) cursor = seq;
    }
  }
  return history;
}

describe('sequence numbers', () => {
  test('that begin anew with each connection are recognised by that', () => {
    const numbering = numberingOf(observe(deliveriesBy([[1, 2, 3], [1, 2], [], [1, 2, 3, 4, 5]])));
    expect(numbering).toMatchObject({ restarted: 2, continued: 0, within: null });
    expect(numberingText(numbering)).toMatch(
      /^the numbers restart with each connection \(2 of 2 connections after a user's first\): message 4 of u0 reached u1 at 2\.\d+ s with seq 1, when u1 had seq 3 of an earlier connection/,
    );
  });

  test('that rise across connections are not taken for those, whatever is hidden within one connection', () => {
    const numbering = numberingOf(observe(deliveriesBy([[1, 2, 3], [4, 5], [6, 5, 6, 9], [10]])));
    expect(numbering).toMatchObject({ restarted: 0, continued: 3, afterSignIn: null });
    expect(numberingText(numbering)).toMatch(
      /^message 7 of u0 reached u1 .* with seq 5, when u1 had seq 6 on the same connection$/,
    );
  });

  test('of a repeated message say nothing, because it was shown before', () => {
    const history = deliveriesBy([[1, 2], [3]]);
    const again = { ...(history.deliveries[0] as History['deliveries'][number]), atUs: 5_000_000, flags: DeliveryFlag.ignored };
    history.connectionEvents.push({ user: ME, event: ConnectionEvent.up, code: 0, atUs: 4_000_000 });
    history.deliveries.push(again);
    expect(numberingOf(observe(history))).toMatchObject({ restarted: 0, continued: 1, afterSignIn: null, within: null });
  });
});

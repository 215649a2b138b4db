import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveryLatency } from '../../../../harness/evidence/measure/delivery-latency.ts';
import { emptyHistogram } from '../../../../harness/evidence/measure/latency-recorder.ts';
import { summariseWaits } from '../../../../harness/evidence/measure/latency-summary.ts';
import { timelineOf } from '../../../../harness/evidence/measure/timeline.ts';
import { rankOf, type Waits, waitsOf } from '../../../../harness/evidence/measure/waits.ts';
import { censoredQuantile } from '../../../../harness/evidence/stats/kaplan-meier.ts';
import { quantileOfSorted } from '../../../../harness/evidence/stats/quantile.ts';
import { ConnectionEvent, emptyHistory, exchange, type History, Outcome, observe } from '../ledger/history.ts';

const MS = 1000;
const SHARES = [0.1, 0.5, 0.9, 0.99, 0.999];
const times = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 60 });
const some = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 60 });

/** The time at this share by the ranks; null for never. */
function timeAt({ answeredUs, ...others }: Waits, share: number): number | null {
  const rank = rankOf(answeredUs.length, { answeredUs, ...others })(share);
  return rank === null ? null : (answeredUs.toSorted()[rank - 1] as number);
}

function waits(answered: readonly number[], released: readonly number[], unanswered: number): Waits {
  return { answeredUs: Float64Array.from(answered), releasedUs: Float64Array.from(released), unanswered };
}

describe('a quantile of waits', () => {
  test('is that of all messages, of which those never answered took for ever', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 60 }), (answered, unanswered) => {
        const all = Float64Array.from([...answered, ...new Array<number>(unanswered).fill(Number.POSITIVE_INFINITY)]).sort();
        for (const share of SHARES) {
          const exact = quantileOfSorted(all, share);
          expect(timeAt(waits(answered, [], unanswered), share)).toBe(Number.isFinite(exact) ? exact : null);
        }
      }),
    );
  });

  test('is Kaplan and Meier’s where users left some messages before they were answered', () => {
    fc.assert(
      fc.property(some, times, fc.integer({ min: 0, max: 20 }), (answered, released, unanswered) => {
        const watched = [...released, ...new Array<number>(unanswered).fill(1_000_000)];
        for (const share of SHARES) {
          const { value } = censoredQuantile({ came: answered, watched }, share);
          // Beyond the longest answer the product is not defined: that is never if something was never answered, and else the longest.
          const expected = value ?? (unanswered > 0 ? null : Math.max(...answered));
          expect(timeAt(waits(answered, released, unanswered), share)).toBe(expected);
        }
      }),
    );
  });
});

describe('a summary', () => {
  test('has no maximum and no curve where messages were never answered', () => {
    const histogram = emptyHistogram();
    const answered = Array.from({ length: 600 }, (_, index) => 1000 + index);
    for (const us of answered) histogram.recordValue(us);
    const summary = summariseWaits(histogram, waits(answered, [], 400));
    expect(summary).toMatchObject({
      count: 600,
      unanswered: 400,
      minUs: 1000,
      p90Us: null,
      p99Us: null,
      p999Us: null,
      maxUs: null,
    });
    // The median of all 1,000 is the 500th of the 600, within a bucket of the histogram.
    expect(Math.abs((summary?.p50Us as number) - 1499)).toBeLessThanOrEqual(1);
    expect(summary?.curve.at(-1)?.[0]).toBeLessThanOrEqual(60);
  });

  test('of a run that answered everything is what it was', () => {
    const histogram = emptyHistogram();
    for (const us of [10, 20, 30]) histogram.recordValue(us);
    expect(summariseWaits(histogram, waits([10, 20, 30], [], 0))).toMatchObject({
      count: 3,
      unanswered: 0,
      p99Us: 30,
      maxUs: 30,
    });
  });
});

/** Ten messages a millisecond apart, each answered after 5 ms, of user 0 to user 1. */
function ten(): History {
  const history = emptyHistory(2);
  for (let at = 0; at < 10; at++) exchange(history, 0, 1, at * MS, 5 * MS);
  return history;
}

describe('the waits of a load', () => {
  test('are from the intended time or from the first write, and never end without an answer', () => {
    const history = ten();
    const [refused, hanging, unwritten, left] = history.sends;
    Object.assign(refused ?? {}, { outcome: Outcome.failed });
    Object.assign(hanging ?? {}, { outcome: Outcome.indeterminate, settledUs: Number.NaN });
    Object.assign(unwritten ?? {}, { outcome: Outcome.unsent, sentUs: Number.NaN, settledUs: Number.NaN });
    Object.assign(left ?? {}, { sentUs: 4 * MS, releasedUs: 6 * MS });
    const { attempts } = observe(history);
    expect(waitsOf(attempts, 'intendedUs')).toEqual(
      waits(
        [5, 5, 5, 5, 5, 5].map((ms) => ms * MS),
        [3 * MS],
        2,
      ),
    );
    expect(waitsOf(attempts, 'sentUs')).toEqual(
      waits(
        [5, 5, 5, 5, 5, 5].map((ms) => ms * MS),
        [2 * MS],
        1,
      ),
    );
    expect(waitsOf(attempts, 'intendedUs', 8 * MS).answeredUs.length).toBe(2);
  });

  test('of a message never answered do not end with a sender who left and came back', () => {
    const history = ten();
    Object.assign(history.sends[0] ?? {}, { outcome: Outcome.indeterminate, settledUs: Number.NaN, releasedUs: MS });
    expect(waitsOf(observe(history).attempts, 'intendedUs')).toMatchObject({ unanswered: 1, releasedUs: new Float64Array(0) });
  });

  test('leave a slot of the timeline without the percentiles that nobody waited out', () => {
    const history = ten();
    for (const send of history.sends.slice(0, 4)) Object.assign(send, { outcome: Outcome.unsent, settledUs: Number.NaN });
    const { p50Us, p99Us, maxUs } = timelineOf(observe(history), { startUs: 0, endUs: 100 * MS });
    expect([p50Us, p99Us, maxUs]).toEqual([[5 * MS], [null], [null]]);
  });
});

describe('the delivery of an acknowledged message that never came', () => {
  const lostOne = (): History => {
    const history = ten();
    history.deliveries.pop();
    history.connectionEvents.push({ user: 1, event: ConnectionEvent.up, code: 0, atUs: -MS });
    return history;
  };

  test('takes for ever', () => {
    expect(deliveryLatency(observe(lostOne()), true)).toMatchObject({ never: 1 });
    expect(deliveryLatency(observe(ten()), true)).toMatchObject({ never: 0 });
  });

  test('is not owed by a server without resumption to a receiver who was away', () => {
    expect(deliveryLatency(observe(lostOne()), false).never).toBe(1);
    const away = lostOne();
    away.connectionEvents.push({ user: 1, event: ConnectionEvent.lost, code: 0, atUs: 8 * MS });
    expect(deliveryLatency(observe(away), false).never).toBe(0);
  });
});

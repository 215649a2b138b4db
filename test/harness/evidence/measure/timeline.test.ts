import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_SLOTS, stepFor, timelineOf, timelineRows } from '../../../../harness/evidence/measure/timeline.ts';
import { ConnectionEvent, DeliveryFlag, type DeliveryRow, emptyHistory, exchange, Outcome, observe } from '../ledger/history.ts';
import { honestHistory } from '../ledger/honest-server.ts';

const SECOND = 1e6;
const total = (column: readonly number[]): number => column.reduce((sum, count) => sum + count, 0);

describe('the step', () => {
  test('is 100 ms for runs of up to five minutes, and then a multiple that keeps a Result small', () => {
    expect(stepFor({ startUs: 0, endUs: 300 * SECOND })).toBe(100);
    expect(stepFor({ startUs: 0, endUs: 300 * SECOND + 1 })).toBe(200);
    expect(stepFor({ startUs: 0, endUs: 3600 * SECOND })).toBe(1200);
    expect(stepFor({ startUs: 5, endUs: 5 })).toBe(100);
  });

  test('never makes more slots than are allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e10 }), (endUs) => {
        const step = stepFor({ startUs: 0, endUs });
        expect(Math.ceil(endUs / 1000 / step)).toBeLessThanOrEqual(MAX_SLOTS);
        expect(step % 100).toBe(0);
      }),
    );
  });
});

describe('the timeline', () => {
  test('puts offers and response times at the time a message was meant for, and everything else where it happened', () => {
    const history = emptyHistory(2);
    exchange(history, 0, 1, 1_050_000, 1000);
    const stalled = exchange(history, 0, 1, 1_060_000, 200_000);
    stalled.sentUs = 1_150_000;
    const refused = exchange(history, 0, 1, 1_299_999, 1);
    refused.outcome = Outcome.failed;
    history.deliveries.pop();
    history.deliveries.push({ ...(history.deliveries[0] as DeliveryRow), atUs: 1_240_000, flags: DeliveryFlag.ignored });
    expect(timelineOf(observe(history), { startUs: SECOND, endUs: SECOND + 350_000 })).toEqual({
      stepMs: 100,
      offered: [2, 0, 1, 0],
      sent: [1, 1, 1, 0],
      acked: [1, 0, 1, 0],
      delivered: [1, 0, 1, 0],
      failed: [0, 0, 0, 1],
      connected: [0, 0, 0, 0],
      p50Us: [1000, null, null, null],
      p99Us: [200_000, null, null, null],
      maxUs: [200_000, null, null, null],
      heat: expect.objectContaining({ stepMs: 100 }),
    });
  });

  test('follows every connection, including those from before the load', () => {
    const history = emptyHistory(3);
    const events: [number, number, number][] = [
      [0, ConnectionEvent.up, 0],
      [1, ConnectionEvent.up, 900_000],
      [0, ConnectionEvent.lost, 1_150_000],
      [0, ConnectionEvent.refused, 1_160_000],
      [0, ConnectionEvent.up, 1_250_000],
      [1, ConnectionEvent.left, 1_260_000],
      [2, ConnectionEvent.refused, 1_260_000],
      [1, ConnectionEvent.refused, 1_270_000],
    ];
    history.connectionEvents = events.map(([user, event, atUs]) => ({ user, event: event as ConnectionEvent, atUs, code: 0 }));
    expect(timelineOf(observe(history), { startUs: SECOND, endUs: SECOND + 400_000 }).connected).toEqual([2, 1, 1, 1]);
  });

  test('loses nothing in its slots, whatever the step', () => {
    fc.assert(
      fc.property(honestHistory, fc.constantFrom(100, 200, 700), (history, stepMs) => {
        const timeline = timelineOf(observe(history), { startUs: 0, endUs: 60 * SECOND }, stepMs);
        expect(total(timeline.offered)).toBe(history.sends.length);
        expect(total(timeline.acked)).toBe(history.sends.filter((send) => send.outcome === Outcome.acked).length);
        expect(total(timeline.failed)).toBe(history.sends.filter((send) => send.outcome === Outcome.failed).length);
        expect(new Set(Object.values(timeline).map((column) => (Array.isArray(column) ? column.length : -1)))).toEqual(
          new Set([-1, Math.ceil(60_000 / stepMs)]),
        );
      }),
    );
  });

  test('can be read slot by slot for a file of lines', () => {
    const history = emptyHistory(2);
    exchange(history, 0, 1, 150_000, 1000);
    expect([...timelineRows(timelineOf(observe(history), { startUs: 0, endUs: 200_000 }))]).toEqual([
      { atMs: 0, offered: 0, sent: 0, acked: 0, delivered: 0, failed: 0, connected: 0, p50Us: null, p99Us: null, maxUs: null },
      { atMs: 100, offered: 1, sent: 1, acked: 1, delivered: 1, failed: 0, connected: 0, p50Us: 1000, p99Us: 1000, maxUs: 1000 },
    ]);
  });
});

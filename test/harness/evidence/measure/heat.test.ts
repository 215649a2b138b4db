import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heatOf, logEdges, MAX_BUCKETS, MAX_COLUMNS } from '../../../../harness/evidence/measure/heat.ts';
import { stepFor, timelineOf } from '../../../../harness/evidence/measure/timeline.ts';
import { resultSchema } from '../../../../harness/evidence/result/result.ts';
import { emptyHistory, exchange, Outcome, observe } from '../ledger/history.ts';
import { honestHistory } from '../ledger/honest-server.ts';

const SECOND = 1e6;
const total = (counts: readonly (readonly number[])[]): number => counts.flat().reduce((sum, count) => sum + count, 0);

test('a message is counted at the second it was meant for, in the bucket of its response time', () => {
  const history = emptyHistory(2);
  exchange(history, 0, 1, 50_000, 1000);
  exchange(history, 0, 1, 60_000, 1050);
  exchange(history, 0, 1, 310_000, 90_000);
  const heat = heatOf(observe(history), { startUs: 0, endUs: 400_000 }, 100, 4);
  expect(heat?.stepMs).toBe(100);
  const seen = heat?.counts.map((column) =>
    column.flatMap((count, bucket) => (count === 0 ? [] : [[count, heat.bucketsUs[bucket], heat.bucketsUs[bucket + 1]]])),
  );
  expect(seen).toEqual([[[2, 1000, 1211.53]], [], [], [[1, 82_540.4, 100_000]]]);
});

test('a run without an acknowledged message has no heat map', () => {
  expect(heatOf(observe(emptyHistory(2)), { startUs: 0, endUs: SECOND }, 100, 10)).toBeNull();
});

test('the edges include the lowest and the highest value, are evenly spaced on a logarithmic scale, and are few', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e11, noNaN: true }), fc.double({ min: 1, max: 1e11, noNaN: true }), (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const edges = logEdges(low, high);
      expect(edges.length).toBeGreaterThanOrEqual(2);
      expect(edges.length).toBeLessThanOrEqual(MAX_BUCKETS + 1);
      expect(edges[0]).toBeLessThanOrEqual(low * (1 + 1e-5));
      expect(edges.at(-1)).toBeGreaterThan(high * (1 - 1e-5));
      const steps = edges.slice(1).map((edge, index) => Math.log10(edge / (edges[index] as number)));
      for (const step of steps) expect(step).toBeCloseTo(steps[0] as number, 4);
    }),
  );
});

test('folding loses no message and leaves few columns, however long the run', () => {
  fc.assert(
    fc.property(honestHistory, fc.constantFrom(60, 700, 4000), (history, seconds) => {
      const window = { startUs: 0, endUs: seconds * SECOND };
      const { heat, offered, stepMs } = timelineOf(observe(history), window, stepFor(window));
      const acked = history.sends.filter((send) => send.outcome === Outcome.acked && send.intendedUs < window.endUs).length;
      expect(total(heat?.counts ?? [])).toBe(acked);
      if (heat === null) return;
      expect(heat.counts.length).toBeLessThanOrEqual(MAX_COLUMNS);
      expect(heat.counts.length * heat.stepMs).toBeGreaterThanOrEqual(offered.length * stepMs);
    }),
  );
});

test('a result that was written before heat maps existed is still a result', () => {
  const { timeline } = resultSchema.shape;
  const old = {
    stepMs: 100,
    offered: [],
    sent: [],
    acked: [],
    delivered: [],
    failed: [],
    connected: [],
    p50Us: [],
    p99Us: [],
    maxUs: [],
  };
  expect(timeline.parse(old).heat).toBeNull();
});

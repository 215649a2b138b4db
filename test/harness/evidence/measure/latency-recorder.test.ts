import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHistogram, mergeHistograms } from '../../../../harness/evidence/measure/latency-merge.ts';
import { LatencyRecorder, LONGEST_US } from '../../../../harness/evidence/measure/latency-recorder.ts';

const latencies = fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 1, maxLength: 500 });

test('merged intervals equal the whole: every percentile is within a thousandth of the exact one', () => {
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 4 }), (intervals) => {
      const recorder = new LatencyRecorder();
      const encoded = intervals.map((interval) => {
        for (const us of interval) recorder.record(us);
        return recorder.take();
      });
      const merged = mergeHistograms(encoded);
      const sorted = intervals.flat().sort((a, b) => a - b);
      expect(merged.totalCount).toBe(sorted.length);
      for (const percentile of [10, 50, 90, 99, 100]) {
        const exact = sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length - 1e-9) - 1)] as number;
        expect(Math.abs(merged.getValueAtPercentile(percentile) - exact)).toBeLessThanOrEqual(1 + exact / 1_000);
      }
    }),
    { numRuns: 50 },
  );
});

test('an interval without a latency is null, and merging no intervals gives an empty histogram', () => {
  const recorder = new LatencyRecorder();
  expect(recorder.take()).toBeNull();
  recorder.record(7);
  expect(recorder.take()).not.toBeNull();
  expect(recorder.take()).toBeNull();
  expect(mergeHistograms([null, null]).totalCount).toBe(0);
});

test('a value below zero counts as zero, and one that is too long counts as the longest', () => {
  const recorder = new LatencyRecorder();
  recorder.record(-5);
  recorder.record(1e15);
  const histogram = decodeHistogram(recorder.take() as string);
  expect(histogram.totalCount).toBe(2);
  expect(histogram.getValueAtPercentile(1)).toBe(0);
  expect(Math.abs(histogram.maxValue - LONGEST_US)).toBeLessThan(LONGEST_US / 1_000);
});

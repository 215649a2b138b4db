/**
 * Percentiles of a run are those of all its messages. An average of the percentiles of workers or seconds is none: it hides the second
 * in which everything was slow, and the worker whose few messages were. Red when anything between the workers' intervals and the Result
 * averages instead of adding histograms.
 */
import fc from 'fast-check';
import * as hdr from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import type { Observations } from '../../../../harness/evidence/ledger/observations.ts';
import { type IntervalHistograms, latencyLog } from '../../../../harness/evidence/measure/latency-log.ts';
import { LatencyRecorder } from '../../../../harness/evidence/measure/latency-recorder.ts';
import { quantileOfSorted } from '../../../../harness/evidence/stats/quantile.ts';
import { measuredLatencies } from '../../../../harness/run/conductor/result/measured-latencies.ts';
import { emptyHistory, observe } from '../../evidence/ledger/history.ts';

const KINDS = ['response', 'service', 'lag'] as const;
const NOBODY: Observations = observe(emptyHistory(2));

/** What one worker reports of one second in which it saw these latencies, of every kind. */
function reported(second: number, latenciesUs: readonly number[]): IntervalHistograms {
  const take = (): string | null => {
    const recorder = new LatencyRecorder();
    for (const us of latenciesUs) recorder.record(us);
    return recorder.take();
  };
  return { fromUs: second * 1e6, toUs: (second + 1) * 1e6, response: take(), service: take(), lag: take() };
}

/** Within one bucket of a histogram of three digits. */
function expectBucketOf(measuredUs: number, exactUs: number): void {
  expect(Math.abs(measuredUs - exactUs)).toBeLessThanOrEqual(1 + exactUs / 1000);
}

describe('the percentiles of a run', () => {
  test('are those of all its messages, however these are spread over workers and seconds', () => {
    const latencies = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 8 }), (intervals) => {
        const all = intervals.flat().sort((a, b) => a - b);
        fc.pre(all.length > 0);
        const measured = measuredLatencies(
          // Two workers, who report in turn.
          intervals.map((interval, index) => reported(index >> 1, interval)),
          NOBODY,
        );
        for (const kind of KINDS) {
          expect(measured[kind]?.count).toBe(all.length);
          expectBucketOf(measured[kind]?.p50Us as number, quantileOfSorted(all, 0.5));
          expectBucketOf(measured[kind]?.p90Us as number, quantileOfSorted(all, 0.9));
          expectBucketOf(measured[kind]?.p99Us as number, quantileOfSorted(all, 0.99));
          expectBucketOf(measured[kind]?.p999Us as number, quantileOfSorted(all, 0.999));
          expectBucketOf(measured[kind]?.maxUs as number, all.at(-1) as number);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('show the one slow second in thirty, which their average would hide', () => {
    const seconds = Array.from({ length: 30 }, (_, second) =>
      reported(
        second,
        Array.from({ length: 100 }, () => 1000),
      ),
    );
    seconds[12] = reported(
      12,
      Array.from({ length: 100 }, () => 900_000),
    );
    const response = measuredLatencies(seconds, NOBODY).response;
    // One message in thirty, 3.3%, was slow: no percentile up to 96.6 is, every one from 96.7 on is.
    expectBucketOf(response?.p90Us as number, 1000);
    expectBucketOf(response?.p99Us as number, 900_000);
    const p99s = seconds.map((second) => measuredLatencies([second], NOBODY).response?.p99Us as number);
    expect(p99s.reduce((sum, us) => sum + us, 0) / p99s.length).toBeLessThan(40_000);
  });

  test('weight a slow worker by its number of messages, not as one of two workers', () => {
    const fast = reported(
      0,
      Array.from({ length: 9_980 }, () => 2000),
    );
    const slow = reported(
      0,
      Array.from({ length: 20 }, () => 500_000),
    );
    const response = measuredLatencies([fast, slow], NOBODY).response;
    expectBucketOf(response?.p99Us as number, 2000);
    expectBucketOf(response?.p999Us as number, 500_000);
  });

  test('in latency.hlog equal those in the Result: its lines of a second contain what all workers saw', () => {
    const intervals = [reported(0, [1000, 1000, 1000]), reported(0, [70_000]), reported(1, [3000])];
    const reader = new hdr.HistogramLogReader(latencyLog(intervals, 0));
    const sum = hdr.build({ numberOfSignificantValueDigits: 3 });
    for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
      if (next.tag === 'response') sum.add(next as hdr.Histogram);
    }
    const response = measuredLatencies(intervals, NOBODY).response;
    expect(sum.totalCount).toBe(response?.count);
    for (const percentile of [50, 80, 99] as const) {
      expectBucketOf(sum.getValueAtPercentile(percentile), quantileOfSorted([1000, 1000, 1000, 3000, 70_000], percentile / 100));
    }
    expectBucketOf(response?.p99Us as number, sum.getValueAtPercentile(99));
  });
});

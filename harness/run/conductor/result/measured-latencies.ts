/** The latencies of a run, from the workers' interval histograms and, for delivery, from the rows. */
import type { Observations } from '../../../evidence/ledger/observations.ts';
import { deliveryLatency } from '../../../evidence/measure/delivery-latency.ts';
import type { IntervalHistograms } from '../../../evidence/measure/latency-log.ts';
import { mergeHistograms } from '../../../evidence/measure/latency-merge.ts';
import { summarise } from '../../../evidence/measure/latency-summary.ts';
import type { LatencySummary } from '../../../evidence/result/result.ts';

/** Microseconds; null without a sample. */
export interface MeasuredLatencies {
  readonly response: LatencySummary | null;
  readonly service: LatencySummary | null;
  readonly lag: LatencySummary;
  readonly delivery: LatencySummary | null;
}

export function measuredLatencies(intervals: readonly IntervalHistograms[], observations: Observations): MeasuredLatencies {
  const merged = (kind: 'response' | 'service' | 'lag'): LatencySummary =>
    summarise(mergeHistograms(intervals.map((interval) => interval[kind])));
  return {
    response: sampled(merged('response')),
    service: sampled(merged('service')),
    lag: merged('lag'),
    delivery: sampled(summarise(deliveryLatency(observations))),
  };
}

function sampled(summary: LatencySummary): LatencySummary | null {
  return summary.count === 0 ? null : summary;
}

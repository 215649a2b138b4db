/** The latencies of a run, from the workers' interval histograms and from the rows. */
import type { Observations } from '../../../evidence/ledger/observations.ts';
import { deliveryLatency } from '../../../evidence/measure/delivery-latency.ts';
import type { IntervalHistograms } from '../../../evidence/measure/latency-log.ts';
import { mergeHistograms } from '../../../evidence/measure/latency-merge.ts';
import { summarise, summariseWaits } from '../../../evidence/measure/latency-summary.ts';
import { NO_WAITS, waitsOf } from '../../../evidence/measure/waits.ts';
import type { LatencySummary, ToldLatency } from '../../../evidence/result/result.ts';

/** Microseconds; null if nothing was answered, or arrived. */
export interface MeasuredLatencies {
  readonly response: ToldLatency | null;
  readonly service: ToldLatency | null;
  readonly lag: LatencySummary;
  readonly delivery: ToldLatency | null;
}

interface Waited {
  /** Whether the run waited, to the end of its drain, for what was not answered: otherwise nobody knows what would have been. */
  readonly toTheEnd: boolean;
  /** Whether the target promises what a device missed to a device that comes back. */
  readonly resumes: boolean;
}

export function measuredLatencies(
  intervals: readonly IntervalHistograms[],
  observations: Observations,
  { toTheEnd, resumes }: Waited = { toTheEnd: true, resumes: true },
): MeasuredLatencies {
  const merged = (kind: 'response' | 'service' | 'lag') => mergeHistograms(intervals.map((interval) => interval[kind]));
  const known = (summary: ToldLatency | null): ToldLatency | null => {
    if (summary === null || toTheEnd) return summary;
    const { unanswered: _, ...others } = summary;
    return others;
  };
  const waited = (kind: 'response' | 'service', since: 'intendedUs' | 'sentUs'): ToldLatency | null => {
    const waits = waitsOf(observations.attempts, since);
    return known(summariseWaits(merged(kind), toTheEnd ? waits : { ...waits, unanswered: 0 }));
  };
  const { histogram, never } = deliveryLatency(observations, resumes);
  const unanswered = toTheEnd ? never : 0;
  return {
    response: waited('response', 'intendedUs'),
    service: waited('service', 'sentUs'),
    lag: summarise(merged('lag')),
    delivery: known(summariseWaits(histogram, { ...NO_WAITS, unanswered })),
  };
}

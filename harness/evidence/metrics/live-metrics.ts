/** What is known about a run while it goes on, second by second: what an abort condition may name. Pure data. */
import type { MetricUnit } from './metric-unit.ts';

interface LiveMetric {
  readonly unit: Exclude<MetricUnit, 'truth'>;
  readonly summary: string;
  readonly requests: string | null;
}

/**
 * Each covers about the last second, of all workers together; null if that second had nothing to measure. `requests` is the meaning for a
 * load of HTTP requests alone; null if such a load does not measure it.
 */
export const liveMetrics = {
  /** Messages refused or dropped, sessions lost and connections refused, as a share of these and the acknowledgements together. */
  'error.rate': {
    unit: 'share',
    summary: 'share of attempts that failed: messages, sessions and connections',
    requests: 'share of requests that ended in a status other than 2xx, a connection error or a timeout',
  },
  connected: {
    unit: 'share',
    summary: 'share of all users that are connected; users away on purpose count as not connected',
    requests: null,
  },
  'ack.rate': {
    unit: '/s',
    summary: 'messages acknowledged a second',
    requests: 'requests answered with a status of 2xx a second',
  },
  'response.p50': { unit: 'us', summary: 'p50 of intended send time to acknowledgement', requests: null },
  'response.p99': { unit: 'us', summary: 'p99 of intended send time to acknowledgement', requests: null },
  'response.max': { unit: 'us', summary: 'longest time from intended send to acknowledgement', requests: null },
  outstanding: { unit: 'count', summary: 'messages neither acknowledged nor refused', requests: null },
} as const satisfies Readonly<Record<string, LiveMetric>>;

export type LiveMetricName = keyof typeof liveMetrics;

export const liveMetricNames = Object.keys(liveMetrics) as readonly LiveMetricName[];

/** The metrics that a load of HTTP requests alone measures. */
export const requestMetricNames = liveMetricNames.filter((name) => liveMetrics[name].requests !== null);

/** What is known of a run while it goes on, second by second: what an abort condition may name. Pure data. */
import type { MetricUnit } from './plan.ts';

/** Each is over about the last second, of all workers together; null when that second held nothing to measure. */
export const liveMetrics = {
  /** Messages refused or dropped, sessions lost and connections refused, of these and the acknowledgements together. */
  'error.rate': { unit: 'share', summary: 'share of what was tried that failed: messages, sessions and connections' },
  connected: { unit: 'share', summary: 'share of all users that are connected, those away by choice counted as not' },
  'ack.rate': { unit: '/s', summary: 'messages acknowledged a second' },
  'response.p50': { unit: 'us', summary: 'p50 of intended send time to acknowledgement' },
  'response.p99': { unit: 'us', summary: 'p99 of intended send time to acknowledgement' },
  'response.max': { unit: 'us', summary: 'longest time from intended send to acknowledgement' },
  outstanding: { unit: 'count', summary: 'messages neither acknowledged nor refused' },
} as const satisfies Readonly<Record<string, { readonly unit: Exclude<MetricUnit, 'truth'>; readonly summary: string }>>;

export type LiveMetricName = keyof typeof liveMetrics;

export const liveMetricNames = Object.keys(liveMetrics) as readonly LiveMetricName[];

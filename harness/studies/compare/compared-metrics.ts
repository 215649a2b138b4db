/** What two configurations are compared by, unless a policy says otherwise. */

import type { Metric } from '../../evidence/metrics/metric.ts';
import { metrics } from '../../evidence/metrics/metrics.ts';

export interface ComparedMetricPolicy {
  /** Name in harness/evidence/metrics/metrics.ts. */
  readonly metric: string;
  /** The tolerated worsening: 0.05 for 5%. */
  readonly margin: number;
  /** Advisory metrics are shown but decide nothing. */
  readonly role: 'blocking' | 'advisory';
  readonly better: Metric['better'];
}

/**
 * Each blocking metric costs power in all the others (Holm), so there are few, and none that repeats another. The p99 of a run of a few
 * seconds varies by a third from block to block: with a smaller margin no gate could ever call two servers equivalent. A tail that became
 * half as long again is found by one gate in four (test/bench/gate-power).
 * The whole memory of a process is similar: with some hundred connections it says little, because a process grows and shrinks by megabytes,
 * whereas what its objects hold is counted to the byte.
 */
export const DEFAULT_METRICS: readonly ComparedMetricPolicy[] = [
  comparedBy('response.p50', 0.05, 'blocking'),
  comparedBy('response.p99', 0.25, 'blocking'),
  comparedBy('cpu.serverPerMessage', 0.03, 'blocking'),
  comparedBy('memory.heapPerConnection', 0.03, 'blocking'),
  comparedBy('memory.perConnection', 0.1, 'advisory'),
  comparedBy('response.p90', 0.05, 'advisory'),
  comparedBy('service.p50', 0.05, 'advisory'),
  comparedBy('rate', 0.02, 'advisory'),
];

/** `margin` is a share; the metric itself says in which direction it is better. @throws RangeError for a name that no metric has. */
export function comparedBy(metric: string, margin: number, role: ComparedMetricPolicy['role']): ComparedMetricPolicy {
  const known = metrics.get(metric);
  if (known === undefined) throw new RangeError(`no metric ${metric}`);
  return { metric, margin, role, better: known.better };
}

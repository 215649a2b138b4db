/** What two configurations are compared by, where nobody says otherwise. */
import { metrics } from '../scenario/metrics.ts';

export interface ComparedMetricPolicy {
  /** Name in harness/scenario/metrics.ts. */
  readonly metric: string;
  /** How much worse is still no worse: 0.05 for 5%. */
  readonly margin: number;
  /** Advisory metrics are shown, and decide nothing. */
  readonly role: 'blocking' | 'advisory';
  readonly better: 'lower' | 'higher';
}

/**
 * Each blocking metric costs power in all the others (Holm): few, and none that says what another says already. The p99 of a run of a few
 * seconds moves by itself by a quarter from block to block: with a smaller margin no gate could ever call two servers equivalent, and of
 * a tail that became half as long again it tells with this one too (test/bench/gate-power).
 * So is all of a process's memory: of some hundred connections it says little, as a process grows and shrinks by megabytes; what its
 * objects hold is counted to the byte.
 */
export const DEFAULT_METRICS: readonly ComparedMetricPolicy[] = [
  { metric: 'response.p50', margin: 0.05, role: 'blocking', better: 'lower' },
  { metric: 'response.p99', margin: 0.25, role: 'blocking', better: 'lower' },
  { metric: 'cpu.serverPerMessage', margin: 0.03, role: 'blocking', better: 'lower' },
  { metric: 'memory.heapPerConnection', margin: 0.03, role: 'blocking', better: 'lower' },
  { metric: 'memory.perConnection', margin: 0.1, role: 'advisory', better: 'lower' },
  { metric: 'response.p90', margin: 0.05, role: 'advisory', better: 'lower' },
  { metric: 'service.p50', margin: 0.05, role: 'advisory', better: 'lower' },
  { metric: 'rate', margin: 0.02, role: 'advisory', better: 'higher' },
];

/** Of these names more is better; of all others less. */
const HIGHER: ReadonlySet<string> = new Set(['rate', 'delivery.acked', 'delivery.delivered', 'load.connections']);

/** Which way a metric is better. @throws RangeError for a name that is none. */
export function betterOf(metric: string): ComparedMetricPolicy['better'] {
  if (!metrics.has(metric)) throw new RangeError(`no metric ${metric}`);
  return HIGHER.has(metric) ? 'higher' : 'lower';
}

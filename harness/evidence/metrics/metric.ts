/** What a metric is: its unit, what it means, and how it is read from a Result. */
import type { Result } from '../result/result.ts';
import type { MetricUnit } from './metric-unit.ts';

/** Messages of the workers, only HTTP requests, or messages that the user's own k6 sends. */
export type LoadKind = 'messages' | 'requests' | 'k6';

export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** In which direction a server gets better, for comparisons and histories; for a truth value, higher is true. Defined only here. */
  readonly better: 'lower' | 'higher';
  readonly summary: string;
  /** Which kinds of load measure it. */
  readonly loads: readonly LoadKind[];
  /** What a run must have for the metric to exist. */
  readonly needs: 'nothing' | 'faults' | 'repeats' | 'http';
  /** In `unit` (a truth value is 0 or 1); null if not measured or never reached. */
  read(result: Result): number | null;
  /** Whether null means that it never came, and not that it is unknown. Absent if it cannot be told, or cannot be. */
  isNever?(result: Result): boolean;
  /**
   * What many runs together may be judged by, if one run alone does not resolve it: its estimate, which may lie below zero. Absent if that
   * is what `read` returns.
   */
  estimate?(result: Result): number | null;
  /** An upper bound that is certain, if the metric was measured but not resolved. */
  atMost?(result: Result): number | null;
}

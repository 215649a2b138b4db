/** What a metric is: its unit, what it means, and how it is read from a Result. */
import type { Result } from '../result/result.ts';
import type { MetricUnit } from './metric-unit.ts';

/** Messages of the workers, HTTP requests and nothing else, or messages that the user's own k6 sends. */
export type LoadKind = 'messages' | 'requests' | 'k6';

export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** Which way a server gets better, for comparisons and histories; of a truth, higher is true. Said here and nowhere else. */
  readonly better: 'lower' | 'higher';
  readonly summary: string;
  /** What must load a run for it to be measured. */
  readonly loads: readonly LoadKind[];
  /** What a run must have for it to exist. */
  readonly needs: 'nothing' | 'faults' | 'repeats' | 'http';
  /** In `unit` (a truth is 0 or 1); null when not measured or never reached. */
  read(result: Result): number | null;
  /** What many runs together may be judged by, where one by itself does not resolve it: its estimate, which may lie below zero. Absent where that is what `read` gives. */
  estimate?(result: Result): number | null;
  /** What it is no larger than for sure, where it was measured and is not resolved. */
  atMost?(result: Result): number | null;
}

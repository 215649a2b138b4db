/** What a metric is: its unit, what it means, and how it is read from a Result. */
import type { Result } from '../result/result.ts';
import type { MetricUnit } from './metric-unit.ts';

export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** Which way a server gets better, for comparisons and histories; of a truth, higher is true. Said here and nowhere else. */
  readonly better: 'lower' | 'higher';
  readonly summary: string;
  /** What a run must have for it to exist. */
  readonly needs: 'nothing' | 'faults' | 'repeats' | 'http';
  /** In `unit` (a truth is 0 or 1); null when not measured or never reached. */
  read(result: Result): number | null;
}

/** What another tool's output says of a run: as much of a Result as the tool measured. Plain data. */

import { errorText } from '../result/printable.ts';
import type { MeasuredBy, Result } from '../result/result.ts';

export interface ForeignRun {
  readonly measuredBy: MeasuredBy;
  /** ISO 8601, UTC; null where the output does not tell. */
  readonly startedAt: string | null;
  readonly durationMs: number;
  /** What was loaded, where the output tells. */
  readonly target: string | null;
  readonly load: Pick<
    Result['load'],
    | 'users'
    | 'connections'
    | 'offered'
    | 'sent'
    | 'ratePerSecond'
    | 'ackedPerSecond'
    | 'workers'
    | 'model'
    | 'loop'
    | 'resolutionUs'
  >;
  readonly latency: Result['latency'];
  readonly http: Result['http'];
  readonly checks: Result['checks'];
  /** What spoilt the measurement, in words. */
  readonly invalidity: readonly string[];
  /** Answers that prove that the server served: without one, nothing is proven. */
  readonly served: number;
}

/** An output that is not what it was said to be; `remedy` says what would be right. */
export interface NotRead {
  readonly problem: string;
  readonly remedy: string;
}

/** The text as JSON, or what is wrong with it. */
export function parseJson(text: string): { readonly data: unknown } | Pick<NotRead, 'problem'> {
  try {
    return { data: JSON.parse(text) };
  } catch (error) {
    return { problem: `is not JSON: ${errorText(error)}` };
  }
}

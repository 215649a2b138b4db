/** What another tool's output says about a run: as much of a Result as the tool measured. Plain data; null is what it does not report. */
import type { MeasuredBy, Result } from '../../evidence/result/result.ts';

export interface ForeignRun {
  readonly measuredBy: Omit<MeasuredBy, 'imported'>;
  /** ISO 8601, UTC; null if the output does not say. */
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  /** What was loaded, if the output says so. */
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
  /** Answers that prove that the server served: without one, nothing is proven. Null if it is not known whether there was one. */
  readonly served: number | null;
}

/** An output that is not what it was said to be; `remedy` says what would be right. */
export interface NotRead {
  readonly problem: string;
  readonly remedy: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** A moment of time as a file has it, a text or milliseconds since 1970, in ISO 8601 and UTC; null for anything else. */
export function instantOf(given: string | number): string | null {
  if (typeof given === 'string' && !INSTANT.test(given)) return null;
  const at = new Date(given);
  // Before there was such a tool, or in a year of five digits: a number of another kind.
  return Number.isNaN(at.getTime()) || at.getTime() < Date.UTC(2000) || at.getUTCFullYear() > 9999 ? null : at.toISOString();
}

/** A second of how many; null where either is not known. */
export function perSecond(count: number | null, durationMs: number | null): number | null {
  return count === null || durationMs === null || durationMs <= 0 ? null : (count * 1000) / durationMs;
}

/** `durationMs` before a moment; null where either is not known. */
export function before(instant: string | null, durationMs: number | null): string | null {
  return instant === null || durationMs === null ? null : new Date(Date.parse(instant) - durationMs).toISOString();
}

/** Nothing is loaded for longer: what says so is another number. */
export const LONGEST_MS = 10 * 366 * 24 * 3_600_000;

/** A duration that was worked out from two figures; null where they give none. */
export function durationFrom(count: number, ratePerSecond: number): number | null {
  const durationMs = (count * 1000) / ratePerSecond;
  return count > 0 && durationMs > 0 && durationMs <= LONGEST_MS ? durationMs : null;
}

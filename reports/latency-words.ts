/** The times of a latency in words, where a time may never have come. Plain text, not escaped. */
import { isNever, NEVER } from '../harness/evidence/result/never.ts';
import type { Result, ToldLatency } from '../harness/evidence/result/result.ts';
import { formatCount, formatInUnit, NOT_MEASURED, plural } from './format.ts';
import { formatResolved } from './resolved-time.ts';

type Waited = Pick<ToldLatency, 'unanswered'> | null;

/** One of its percentiles; `unknown` if it is not known. */
export function percentileText(summary: Waited, us: number | null, resolutionUs: number, unknown: string = NOT_MEASURED): string {
  if (isNever(summary, us)) return NEVER;
  return us === null ? unknown : formatResolved(us, resolutionUs);
}

/** What was measured against a limit. */
export function actualText({ actual, never }: Result['checks'][number], unit: string): string {
  return never === true ? NEVER : formatInUnit(actual, unit);
}

/** `400 of 1,000 messages were never answered`; null if none was, or if it is not known. */
export function unansweredText({ latency: { response } }: Pick<Result, 'latency'>): string | null {
  const unanswered = response?.unanswered ?? 0;
  if (response === null || response.count === null || unanswered === 0) return null;
  return `${formatCount(unanswered)} of ${plural(response.count + unanswered, 'message')} ${unanswered === 1 ? 'was' : 'were'} never answered`;
}

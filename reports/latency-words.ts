/** The times of a latency in words, where a time may never have come. Plain text, not escaped. */
import { isNever, NEVER } from '../harness/evidence/result/never.ts';
import type { Result, ToldLatency } from '../harness/evidence/result/result.ts';
import { isCheckWithheld, isWithheld } from '../harness/evidence/result/withheld.ts';
import { formatCount, formatInUnit, NOT_MEASURED, plural } from './format.ts';
import { formatResolved } from './resolved-time.ts';

const WITHHELD = 'withheld';

type Waited = Pick<ToldLatency, 'unanswered'> | null;

/** One of its percentiles; `unknown` if it is not known. */
export function percentileText(summary: Waited, us: number | null, resolutionUs: number, unknown: string = NOT_MEASURED): string {
  if (isNever(summary, us)) return NEVER;
  return us === null ? unknown : formatResolved(us, resolutionUs);
}

/** What was measured against a limit of a comparison. */
export function actualText({ actual, never }: Result['checks'][number], unit: string): string {
  return never === true ? NEVER : formatInUnit(actual, unit);
}

/** The same of a run, whose figures may be withheld. */
export function runActualText(check: Result['checks'][number], result: Result, unit: string): string {
  return isCheckWithheld(check, result) ? WITHHELD : actualText(check, unit);
}

/** Why there is no figure where a run has none. */
export function noFigureText(result: Result): string {
  return isWithheld(result) ? WITHHELD : NOT_MEASURED;
}

/** `400 of 1,000 messages were never answered`; null if none was, or if it is not known. */
export function unansweredText({ latency: { response } }: Pick<Result, 'latency'>): string | null {
  const unanswered = response?.unanswered ?? 0;
  if (response === null || response.count === null || unanswered === 0) return null;
  return `${formatCount(unanswered)} of ${plural(response.count + unanswered, 'message')} ${unanswered === 1 ? 'was' : 'were'} never answered`;
}

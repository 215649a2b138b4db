/** Where null means not "unknown" but "never", which is later than every number. Pure. */
import type { ToldLatency } from './result.ts';

/** How "never" is written wherever a time is expected. */
export const NEVER = 'never';

/** Percentiles of messages' waits; counts of the ledger, which begin with `delivery.` as well, are none. */
const WAIT = /^(?:response|service|delivery)\.(?:p\d+(?:\.\d+)?|max)$/;

/**
 * Whether null means "never" if another run has a number: this is so for a recovery clock, and for a percentile of the messages' waits; for
 * anything else null means unknown.
 */
export function canBeNever(metric: string): boolean {
  return metric.startsWith('recovery.') || WAIT.test(metric);
}

/** Whether a percentile that is null lies among the messages that were never answered. */
export function isNever(summary: Pick<ToldLatency, 'unanswered'> | null, us: number | null): boolean {
  return us === null && (summary?.unanswered ?? 0) > 0;
}

/**
 * How long a user waits before it connects again: exponential backoff with full jitter (Brooker, "Exponential Backoff and
 * Jitter", 2015), so that the users of a node that died do not come back in waves.
 */
import type { SessionEnd } from '../../contracts/driver.ts';

const BASE_MS = 50;
const CAP_MS = 2_000;
/** Jitter of the first try when the server said "at once": one user's process died, so few users will come. */
export const AT_ONCE_JITTER_MS = 10;
/** Jitter when a whole node sends its users elsewhere. */
const ELSEWHERE_JITTER_MS = 50;

/**
 * Milliseconds to wait before try number `tries` + 1, where `tries` have failed in a row; `unit` is random, from 0 to 1.
 * At most 2 seconds.
 */
export function backoffMs(tries: number, retry: Exclude<SessionEnd['retry'], 'never'>, unit: number): number {
  if (retry !== 'back-off' && tries === 0) return unit * (retry === 'at-once' ? AT_ONCE_JITTER_MS : ELSEWHERE_JITTER_MS);
  return unit * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(tries + 1, 16));
}

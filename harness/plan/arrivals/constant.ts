/** Constant arrivals: evenly spaced. */
import type { Piece } from './rate-profile.ts';

/** One level piece. */
export function constantPieces(ratePerSecond: number, durationUs: number): readonly Piece[] {
  return [{ startUs: 0, endUs: durationUs, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }];
}

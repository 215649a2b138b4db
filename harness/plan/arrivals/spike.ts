/** Spike arrivals: a base rate with one higher plateau. */
import type { Piece } from './rate-profile.ts';
import { stepPieces } from './step.ts';

/** Base, peak, base; cut off at the end of the load. */
export function spikePieces(
  spike: { readonly basePerSecond: number; readonly peakPerSecond: number; readonly atMs: number; readonly forMs: number },
  durationUs: number,
): readonly Piece[] {
  return stepPieces(
    [
      { atMs: 0, ratePerSecond: spike.basePerSecond },
      { atMs: spike.atMs, ratePerSecond: spike.peakPerSecond },
      { atMs: spike.atMs + spike.forMs, ratePerSecond: spike.basePerSecond },
    ],
    durationUs,
  );
}

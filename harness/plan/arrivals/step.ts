/** Step arrivals: each step sets the rate from its moment on; before the first step nothing is sent. */
import type { Piece } from './rate-profile.ts';

export interface Step {
  readonly atMs: number;
  readonly ratePerSecond: number;
}

/** One level piece for each step, in order of time, cut off at the end of the load. */
export function stepPieces(steps: readonly Step[], durationUs: number): readonly Piece[] {
  const ordered = [...steps].sort((a, b) => a.atMs - b.atMs);
  return ordered.map((step, i) => ({
    startUs: Math.min(step.atMs * 1e3, durationUs),
    endUs: Math.min((ordered[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) * 1e3, durationUs),
    fromPerSecond: step.ratePerSecond,
    toPerSecond: step.ratePerSecond,
  }));
}

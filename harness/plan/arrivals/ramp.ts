/** Ramp arrivals: the rate changes linearly from one value to another over the whole duration. */
import type { Piece } from './rate-profile.ts';

/** One sloping piece. */
export function rampPieces(fromPerSecond: number, toPerSecond: number, durationUs: number): readonly Piece[] {
  return [{ startUs: 0, endUs: durationUs, fromPerSecond, toPerSecond }];
}

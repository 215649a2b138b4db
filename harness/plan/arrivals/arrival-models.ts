/**
 * Arrival models: when messages should be sent, decided in advance and regardless of how the server performs (open loop).
 *
 * In: a model, a duration, a worker's share and its random stream. Out: intended times in microseconds since the load began,
 * increasing. Pure.
 */

import type { Random } from '../../evidence/stats/random.ts';
import type { ArrivalModel, ClosedLoop } from '../scenario/plan.ts';
import type { ArrivalStream, Share } from './arrival-stream.ts';
import { PoissonArrivals } from './poisson.ts';
import { type Piece, ProfileArrivals } from './rate-profile.ts';

/** The rate over the load, as straight pieces. */
export function ratePieces(model: ArrivalModel, durationUs: number): readonly Piece[] {
  switch (model.kind) {
    case 'poisson':
    case 'constant':
      return stepPieces([{ atMs: 0, ratePerSecond: model.ratePerSecond }], durationUs);
    case 'ramp':
      return [{ startUs: 0, endUs: durationUs, fromPerSecond: model.fromPerSecond, toPerSecond: model.toPerSecond }];
    case 'step':
      return stepPieces(model.steps, durationUs);
    case 'spike':
      return stepPieces(
        [
          { atMs: 0, ratePerSecond: model.basePerSecond },
          { atMs: model.atMs, ratePerSecond: model.peakPerSecond },
          { atMs: model.atMs + model.forMs, ratePerSecond: model.basePerSecond },
        ],
        durationUs,
      );
  }
}

/** One level piece a step, from its moment on, in order of time and cut at the end of the load; before the first there is none. */
function stepPieces(
  steps: readonly { readonly atMs: number; readonly ratePerSecond: number }[],
  durationUs: number,
): readonly Piece[] {
  const ordered = [...steps].sort((a, b) => a.atMs - b.atMs);
  return ordered.map((step, i) => ({
    startUs: Math.min(step.atMs * 1e3, durationUs),
    endUs: Math.min((ordered[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) * 1e3, durationUs),
    fromPerSecond: step.ratePerSecond,
    toPerSecond: step.ratePerSecond,
  }));
}

/** The intended times that fall to one worker. Only the Poisson model draws from `random`. */
export function createArrivals(model: ArrivalModel, durationMs: number, share: Share, random: Random): ArrivalStream {
  const durationUs = durationMs * 1e3;
  if (model.kind === 'poisson') return new PoissonArrivals(model.ratePerSecond / share.of, durationUs, random);
  return new ProfileArrivals(ratePieces(model, durationUs), share);
}

/** @throws RangeError for a closed loop, which has no arrivals because it is not a load of messages. */
export function openModel(model: ArrivalModel | ClosedLoop): ArrivalModel {
  if (model.kind === 'closed') throw new RangeError('a closed loop has no arrivals');
  return model;
}

/** The rate at the very beginning, per second, at which a warm-up runs. */
export function initialRatePerSecond(model: ArrivalModel): number {
  switch (model.kind) {
    case 'constant':
    case 'poisson':
      return model.ratePerSecond;
    case 'ramp':
      return model.fromPerSecond;
    case 'step':
      return Math.max(0, ...model.steps.filter((step) => step.atMs === 0).map((step) => step.ratePerSecond));
    case 'spike':
      return model.basePerSecond;
  }
}

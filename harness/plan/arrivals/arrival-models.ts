/**
 * Arrival models: when messages should be sent, decided in advance and regardless of how the server performs (open loop).
 *
 * In: a model, a duration, a worker's share and its random stream. Out: intended times in microseconds since the load began, increasing.
 * Pure: one file for each model; this file chooses.
 */

import type { Random } from '../../evidence/stats/random.ts';
import type { ArrivalModel, ClosedLoop } from '../scenario/plan.ts';
import type { ArrivalStream, Share } from './arrival-stream.ts';
import { constantPieces } from './constant.ts';
import { PoissonArrivals } from './poisson.ts';
import { rampPieces } from './ramp.ts';
import { type Piece, ProfileArrivals } from './rate-profile.ts';
import { spikePieces } from './spike.ts';
import { stepPieces } from './step.ts';

/** The rate over the load, as straight pieces. */
export function ratePieces(model: ArrivalModel, durationUs: number): readonly Piece[] {
  switch (model.kind) {
    case 'poisson':
    case 'constant':
      return constantPieces(model.ratePerSecond, durationUs);
    case 'ramp':
      return rampPieces(model.fromPerSecond, model.toPerSecond, durationUs);
    case 'step':
      return stepPieces(model.steps, durationUs);
    case 'spike':
      return spikePieces(model, durationUs);
  }
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

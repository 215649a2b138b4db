/**
 * A rate over time as straight pieces, and the arrivals that follow it exactly: arrival k is at the moment when the integral of the rate
 * reaches k + 1/2. Worker i of W takes every W-th arrival, so that the workers together make the whole.
 */
import type { ArrivalStream, Share } from './arrival-stream.ts';

/** From `startUs` to `endUs` the rate changes linearly; rates are per second. */
export interface Piece {
  readonly startUs: number;
  readonly endUs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/** How many arrivals the piece holds: the integral of its rate. */
function arrivalsIn(piece: Piece): number {
  return ((piece.fromPerSecond + piece.toPerSecond) / 2) * ((piece.endUs - piece.startUs) / 1e6);
}

/** The time in `piece` at which its own integral reaches `arrivals`. */
function timeOf(piece: Piece, arrivals: number): number {
  const seconds = (piece.endUs - piece.startUs) / 1e6;
  const slope = (piece.toPerSecond - piece.fromPerSecond) / seconds;
  // Root of from*t + slope*t^2/2 = arrivals, in the form that stays exact as the slope goes to zero.
  const root = Math.sqrt(Math.max(0, piece.fromPerSecond ** 2 + 2 * slope * arrivals));
  return piece.startUs + Math.min(seconds, (2 * arrivals) / (piece.fromPerSecond + root)) * 1e6;
}

/** The arrivals of consecutive pieces that fall to this worker's share. */
export class ProfileArrivals implements ArrivalStream {
  readonly #pieces: readonly Piece[];
  readonly #step: number;
  #piece = 0;
  /** Integral of the rate over all pieces before the current one. */
  #before = 0;
  #target: number;

  constructor(pieces: readonly Piece[], share: Share) {
    this.#pieces = pieces.filter((piece) => piece.endUs > piece.startUs);
    this.#step = share.of;
    this.#target = share.index + 0.5;
  }

  next(): number | null {
    for (let piece = this.#pieces[this.#piece]; piece !== undefined; piece = this.#pieces[this.#piece]) {
      const inPiece = arrivalsIn(piece);
      const wanted = this.#target - this.#before;
      if (wanted < inPiece) {
        this.#target += this.#step;
        return timeOf(piece, wanted);
      }
      this.#before += inPiece;
      this.#piece++;
    }
    return null;
  }
}

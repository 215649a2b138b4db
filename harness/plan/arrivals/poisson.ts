/**
 * Poisson arrivals: independent, exponentially distributed gaps. The superposition of W independent processes of rate/W is
 * a Poisson process of the whole rate, so every worker draws its own.
 */
import type { Random } from '../../evidence/stats/random.ts';
import type { ArrivalStream } from './arrival-stream.ts';

export class PoissonArrivals implements ArrivalStream {
  readonly #meanGapUs: number;
  readonly #durationUs: number;
  readonly #random: Random;
  #lastUs = 0;

  /** `ratePerSecond` is the rate of this worker alone. */
  constructor(ratePerSecond: number, durationUs: number, random: Random) {
    this.#meanGapUs = 1e6 / ratePerSecond;
    this.#durationUs = ratePerSecond > 0 ? durationUs : 0;
    this.#random = random;
  }

  next(): number | null {
    if (this.#lastUs >= this.#durationUs) return null;
    this.#lastUs += this.#random.exponential(this.#meanGapUs);
    return this.#lastUs < this.#durationUs ? this.#lastUs : null;
  }
}

/**
 * The open-loop pacer: it hands out every intended send whose time has come, however late, and never skips one. What the server
 * does has no influence on it.
 */

import { Random } from '../../evidence/stats/random.ts';
import { createArrivals, initialRatePerSecond, openModel } from '../../plan/arrivals/arrival-models.ts';
import type { ArrivalStream, Share } from '../../plan/arrivals/arrival-stream.ts';
import type { LoadPlan } from '../../plan/scenario/plan.ts';

/** Maximum sends in one go, before the sockets get their turn again: about five milliseconds of work. */
const MAX_BURST = 1_000;

export class Pacer {
  readonly #zeroUs: number;
  readonly #warmUpUs: number;
  #warmUp: ArrivalStream | null;
  readonly #load: ArrivalStream;
  #nextUs: number | null;

  /**
   * `zeroUs` is the beginning of the load on the machine's monotonic clock. For `load.warmUpMs` before it, messages are sent at the model's
   * initial rate: their intended times relative to zero are negative.
   */
  constructor(load: Pick<LoadPlan, 'model' | 'durationMs' | 'warmUpMs'>, share: Share, seed: number, zeroUs: number) {
    const model = openModel(load.model);
    const warmUpRate = initialRatePerSecond(model);
    const warmUpModel = { kind: model.kind === 'poisson' ? 'poisson' : 'constant', ratePerSecond: warmUpRate } as const;
    this.#zeroUs = zeroUs;
    this.#warmUpUs = load.warmUpMs * 1e3;
    this.#warmUp = createArrivals(warmUpModel, load.warmUpMs, share, new Random(seed, 'warm-up', share.index));
    this.#load = createArrivals(model, load.durationMs, share, new Random(seed, 'arrivals', share.index));
    this.#nextUs = this.#draw();
  }

  /** Whether every intended send was handed out. */
  get done(): boolean {
    return this.#nextUs === null;
  }

  /** No more sends from now on. */
  stop(): void {
    this.#nextUs = null;
  }

  /** Calls `send` with the intended time of each send due at `nowUs`, at most MAX_BURST; true when more are due. */
  run(nowUs: number, send: (intendedUs: number) => void): boolean {
    for (let burst = 0; this.#nextUs !== null && this.#nextUs <= nowUs; burst++) {
      if (burst === MAX_BURST) return true;
      send(this.#nextUs);
      this.#nextUs = this.#draw();
    }
    return false;
  }

  #draw(): number | null {
    if (this.#warmUp !== null) {
      const next = this.#warmUp.next();
      if (next !== null) return this.#zeroUs - this.#warmUpUs + next;
      this.#warmUp = null;
    }
    const next = this.#load.next();
    return next === null ? null : this.#zeroUs + next;
  }
}

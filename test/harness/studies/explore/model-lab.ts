/** A lab without a server: a schedule breaks a property when it contains the planted combination, with a certain chance. */

import { Random } from '../../../../harness/evidence/stats/random.ts';
import type { Schedule } from '../../../../harness/studies/explore/schedule.ts';
import type { Lab, Trial } from '../../../../harness/studies/explore/trial.ts';

export interface Bug {
  /** Kinds that must occur, in this order. */
  readonly kinds: readonly string[];
  /** Chance that it shows when they do. */
  readonly share: number;
}

export const HELD: Trial = { discounted: null, broken: [], evidence: [], acked: 100, faults: [] };

export class ModelLab implements Lab {
  readonly played: Schedule[] = [];
  readonly #bug: Bug;
  readonly #chance: Random;
  /** Every so manieth run does not count; 0 for none. */
  discountEvery = 0;

  constructor(bug: Bug, seed: number) {
    this.#bug = bug;
    this.#chance = new Random(seed, 'model', 0);
  }

  play(schedule: Schedule): Promise<Trial> {
    this.played.push(schedule);
    if (this.discountEvery > 0 && this.played.length % this.discountEvery === 0)
      return Promise.resolve({ ...HELD, discounted: 'a fault could not be verified' });
    let at = 0;
    for (const { kind } of schedule.faults) if (kind === this.#bug.kinds[at]) at += 1;
    const shows = at === this.#bug.kinds.length && this.#chance.unit() < this.#bug.share;
    return Promise.resolve(shows ? { ...HELD, broken: ['lost'], evidence: ['lost: message 1'] } : HELD);
  }
}

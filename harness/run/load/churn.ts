/**
 * Who leaves when, and for how long, decided from the seed. Pure.
 *
 * Users leave evenly, `churnPerSecond` of all in each second, and stay away for half to one and a half times `awayMs`; in the long run
 * `churnPerSecond * awayMs` of them are away. The rest of `offlineShare` are sleepers: away from the beginning to the end of the load. So
 * at any time max(offlineShare, churnPerSecond * awayMs) of the users are offline, from the start.
 */

import type { Random } from '../../evidence/stats/random.ts';
import type { LoadPlan } from '../../plan/scenario/plan.ts';

export interface Departure {
  /** Number among this worker's users, from 0. */
  readonly user: number;
  /** Microseconds since the load began; Infinity for a sleeper. */
  readonly backUs: number;
}

export class Churn {
  readonly #users: number;
  readonly #meanAwayUs: number;
  readonly #gapUs: number;
  readonly #random: Random;
  readonly #away: { readonly churning: number; readonly sleeping: number };
  #lastUs: number;

  /** `users` are this worker's. */
  constructor(load: Pick<LoadPlan, 'churnPerSecond' | 'awayMs' | 'offlineShare'>, users: number, random: Random) {
    this.#users = users;
    this.#meanAwayUs = load.awayMs * 1e3;
    this.#gapUs = 1e6 / (load.churnPerSecond * users);
    this.#random = random;
    // A random phase, so that the workers' users do not leave in step.
    this.#lastUs = load.churnPerSecond > 0 ? -random.unit() * this.#gapUs : 0;
    const churning = Math.min(users - 1, Math.round((load.churnPerSecond * users * load.awayMs) / 1e3));
    const sleeping = Math.max(0, Math.round(load.offlineShare * users) - churning);
    this.#away = { churning, sleeping };
  }

  /** Who is away when the load begins. */
  initial(): readonly Departure[] {
    const { churning, sleeping } = this.#away;
    const departures: Departure[] = [];
    for (const user of this.#sample(churning + sleeping)) {
      departures.push({
        user,
        backUs: departures.length < sleeping ? Number.POSITIVE_INFINITY : this.#remainingAwayUs(),
      });
    }
    return departures;
  }

  /** When the next user leaves, in microseconds since the load began; Infinity without churn. */
  nextLeaveUs(): number {
    this.#lastUs += this.#gapUs;
    return this.#lastUs;
  }

  /** For how long it stays away, in microseconds. */
  awayUs(): number {
    return this.#meanAwayUs * (0.5 + this.#random.unit());
  }

  /** The remainder of an absence that is under way: longer absences are met more often (the inspection paradox). */
  #remainingAwayUs(): number {
    let away = this.awayUs();
    while (this.#random.unit() * 1.5 * this.#meanAwayUs > away) away = this.awayUs();
    return away * this.#random.unit();
  }

  /** `count` different users: the beginning of a Fisher-Yates shuffle, kept as the few places that differ. */
  #sample(count: number): readonly number[] {
    const moved = new Map<number, number>();
    const chosen: number[] = [];
    for (let i = 0; i < Math.min(count, this.#users); i++) {
      const at = i + this.#random.below(this.#users - i);
      chosen.push(moved.get(at) ?? at);
      moved.set(at, moved.get(i) ?? i);
    }
    return chosen;
  }
}

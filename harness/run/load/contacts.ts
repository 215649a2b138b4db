/**
 * To whom a user writes. A user's contacts are not stored: contact k of a user is a hash of both, so that any number of users costs one
 * table of `perUser` numbers for the whole worker.
 *
 * `uniform`: every contact equally often. `zipf`: the contact of rank r (from 1) with a share proportional to 1 / r^exponent, because
 * people mostly write to a few others.
 */

import { hash32, type Random } from '../../evidence/stats/random.ts';
import type { Contacts } from '../../plan/scenario/plan.ts';

export class ContactBook {
  readonly #seed: number;
  readonly #users: number;
  /** Cumulative shares by rank, the last one 1. */
  readonly #cumulative: Float64Array;

  /** Throws RangeError below two users: there would be nobody to write to. */
  constructor(contacts: Contacts, users: number, seed: number) {
    if (users < 2) throw new RangeError(`contacts need at least 2 users, not ${users}`);
    this.#seed = seed;
    this.#users = users;
    const exponent = contacts.kind === 'zipf' ? contacts.exponent : 0;
    this.#cumulative = new Float64Array(Math.min(contacts.perUser, users - 1));
    let sum = 0;
    for (let rank = 0; rank < this.#cumulative.length; rank++) {
      sum += (rank + 1) ** -exponent;
      this.#cumulative[rank] = sum;
    }
    for (let rank = 0; rank < this.#cumulative.length; rank++) this.#cumulative[rank] = (this.#cumulative[rank] as number) / sum;
  }

  /** Contact `rank` (from 0) of `user`: never the user itself; two ranks may name the same user. */
  contact(user: number, rank: number): number {
    return (user + 1 + (hash32(this.#seed, user, rank) % (this.#users - 1))) % this.#users;
  }

  /** The first `count` different contacts of `user`, or fewer if it has no more: those whom it watches. */
  watched(user: number, count: number): readonly number[] {
    const found: number[] = [];
    for (let rank = 0; rank < this.#cumulative.length && found.length < count; rank++) {
      const contact = this.contact(user, rank);
      if (!found.includes(contact)) found.push(contact);
    }
    return found;
  }

  /** The user to whom `user` writes next. */
  pick(user: number, random: Random): number {
    const target = random.unit();
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cumulative[middle] as number) <= target) low = middle + 1;
      else high = middle;
    }
    return this.contact(user, low);
  }
}

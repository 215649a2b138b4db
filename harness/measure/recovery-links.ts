/** Each user's connection over time, searchable: who was away on purpose, who lost their link, when it came back. Pure. */
import { sortBy } from '../ledger/message-index.ts';
import { LinkEvent, type Links } from '../ledger/observations.ts';

export class LinkHistory {
  readonly #links: Links;
  /** Rows by user, then by time. */
  readonly #rows: Uint32Array;
  readonly #starts: Uint32Array;

  constructor(links: Links, users: number) {
    this.#links = links;
    const all = Uint32Array.from({ length: links.count }, (_, row) => row);
    this.#rows = sortBy(all, links.user, Math.max(0, users - 1));
    this.#starts = new Uint32Array(users + 1);
    for (const row of this.#rows) {
      const user = links.user[row] as number;
      this.#starts[user + 1] = (this.#starts[user + 1] as number) + 1;
    }
    for (let user = 0; user < users; user++) {
      this.#starts[user + 1] = (this.#starts[user + 1] as number) + (this.#starts[user] as number);
    }
  }

  /** Time of the user's first event of this kind in [fromUs, toUs); NaN when there was none. */
  firstIn(user: number, event: LinkEvent, fromUs: number, toUs: number): number {
    for (let at = this.#firstAtOrAfter(user, fromUs); at < (this.#starts[user + 1] as number); at++) {
      const row = this.#rows[at] as number;
      const us = this.#links.atUs[row] as number;
      if (us >= toUs) break;
      if (this.#links.event[row] === event) return us;
    }
    return Number.NaN;
  }

  /** Whether the user was signed in during all of [fromUs, toUs]. */
  connectedThroughout(user: number, fromUs: number, toUs: number): boolean {
    const after = this.#firstAtOrAfter(user, fromUs);
    if (this.#stateBefore(user, after) !== LinkEvent.up) return false;
    const next = this.#rows[after];
    return after >= (this.#starts[user + 1] as number) || next === undefined || (this.#links.atUs[next] as number) > toUs;
  }

  /** Whether the user was away by its own choice at any time in [fromUs, toUs]. */
  awayByChoice(user: number, fromUs: number, toUs: number): boolean {
    if (this.leftBefore(user, fromUs)) return true;
    return !Number.isNaN(this.firstIn(user, LinkEvent.left, fromUs, toUs));
  }

  /** Whether the user was away by its own choice just before this. */
  leftBefore(user: number, us: number): boolean {
    return this.#stateBefore(user, this.#firstAtOrAfter(user, us)) === LinkEvent.left;
  }

  /** The last event before this place that changed the connection; a refused attempt changes nothing. */
  #stateBefore(user: number, place: number): number {
    for (let at = place - 1; at >= (this.#starts[user] as number); at--) {
      const event = this.#links.event[this.#rows[at] as number] as number;
      if (event !== LinkEvent.refused) return event;
    }
    return LinkEvent.lost;
  }

  /** Place among the user's rows of the first event at or after `us`. */
  #firstAtOrAfter(user: number, us: number): number {
    let low = this.#starts[user] as number;
    let high = this.#starts[user + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#links.atUs[this.#rows[middle] as number] as number) < us) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Which sends a mailbox has already decided, per sender: the watermark (the highest id accepted) and the ids below it
 * that were refused. A watermark is no record of its own: the newest entry of each sender stays in the store, delivered
 * or not, until a newer one takes its place (README.md, "Repeats").
 */
import type { Standing } from '../../protocol/id-history.ts';
import type { Entry } from './entry.ts';

const NO_IDS: readonly number[] = [];

/** What one mailbox knows of one sender (user and device). */
interface Sender {
  watermark: number;
  /** Where the newest entry lies, and the session it came in; 0 when nothing was accepted. */
  seq: number;
  acceptedIn: number;
  session: number;
  refused: readonly number[];
  /** A session whose refusals could not be noted any more: everything of it is refused. */
  blockedSession: number;
}

export type Verdict =
  /** Nothing is known of this id: it may be accepted. */
  | 'new'
  /** Accepted before, at `seqOf(sender)` or below. */
  | 'repeat'
  /** Refused before, and so it stays. */
  | 'spent'
  /** Another message had this id, or a higher one: it is to be refused. */
  | 'stale'
  /** The session is over: nothing of it is taken. */
  | 'over';

export class Senders {
  /** Null until somebody wrote: most mailboxes of an idle node are empty. */
  #bySender: Map<string, Sender> | null = null;
  readonly #maxSenders: number;
  readonly #maxRefusals: number;

  constructor(maxSenders: number, maxRefusals: number) {
    this.#maxSenders = maxSenders;
    this.#maxRefusals = maxRefusals;
  }

  get size(): number {
    return this.#bySender?.size ?? 0;
  }

  /** Where the newest entry of this sender lies; 0 when there is none. */
  seqOf(sender: string): number {
    return this.#bySender?.get(sender)?.seq ?? 0;
  }

  /** Highest id accepted of this sender; 0 when there is none. */
  highestOf(sender: string): number {
    return this.#bySender?.get(sender)?.watermark ?? 0;
  }

  /**
   * Decides on an id. `session` is the sender's connection, `carried` the ids its process refused in that session before
   * this one was sent. A `new` one at or below the watermark is no repeat, unless it was accepted in this very session: its
   * process asks again when it did not hear the answer.
   */
  judge(sender: string, session: number, id: number, carried: readonly number[], standing: Standing): Verdict {
    const known = this.#bySender?.get(sender);
    if (known === undefined) {
      if (carried.length > 0) this.#note(this.#add(sender), session, carried);
      return 'new';
    }
    if (carried.length > 0) this.#note(known, session, carried);
    if (known.blockedSession === session) return 'over';
    if (id <= known.watermark) {
      if (known.refused.includes(id)) return 'spent';
      return standing === 'late' || (standing === 'new' && known.acceptedIn !== session) ? 'stale' : 'repeat';
    }
    if (known.refused.length > 0 && known.session !== session && id > Math.max(...known.refused)) {
      // A new session repeats what is unsettled before anything newer: whatever was refused earlier is settled by now.
      known.refused = NO_IDS;
    }
    return 'new';
  }

  /** Ids to write into the entry of the next accepted message of this sender. */
  refusedOf(sender: string): readonly number[] {
    return this.#bySender?.get(sender)?.refused ?? NO_IDS;
  }

  /** Notes that `id` was refused. False when no more can be noted: the session must end. */
  refuse(sender: string, session: number, id: number): boolean {
    const known = this.#bySender?.get(sender) ?? this.#add(sender);
    this.#note(known, session, [id]);
    return known.blockedSession !== session;
  }

  /**
   * Notes an accepted entry. Returns the seq of the entry it supersedes, 0 when there is none.
   */
  accept(entry: Entry): number {
    const known = this.#bySender?.get(entry.sender) ?? this.#add(entry.sender);
    const superseded = known.seq;
    known.watermark = Math.max(known.watermark, entry.id);
    known.seq = entry.seq;
    known.acceptedIn = entry.session;
    known.refused = entry.refused;
    if (entry.refused.length > 0) known.session = entry.session;
    return superseded;
  }

  /**
   * Forgets the sender that has been silent longest among those whose newest entry is at or below `floor`, when there are
   * too many. Returns the seq of its tombstone, 0 when nothing was forgotten.
   */
  forgetOldest(floor: number): number {
    if (this.#bySender === null || this.#bySender.size <= this.#maxSenders) return 0;
    let oldest: string | null = null;
    let seq = Number.POSITIVE_INFINITY;
    for (const [sender, known] of this.#bySender) {
      if (known.seq <= floor && known.seq < seq) {
        oldest = sender;
        seq = known.seq;
      }
    }
    if (oldest === null) return 0;
    this.#bySender.delete(oldest);
    return seq;
  }

  #add(sender: string): Sender {
    const known = { watermark: 0, seq: 0, acceptedIn: 0, session: 0, refused: NO_IDS, blockedSession: -1 };
    this.#bySender ??= new Map();
    this.#bySender.set(sender, known);
    return known;
  }

  #note(known: Sender, session: number, ids: readonly number[]): void {
    const refused = known.refused.length === 0 ? ids : [...new Set([...known.refused, ...ids])];
    if (refused.length > this.#maxRefusals) {
      known.blockedSession = session;
      return;
    }
    known.refused = refused;
    known.session = session;
  }
}

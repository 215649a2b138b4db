/**
 * Which sends a mailbox has already decided, per sender: the watermark (the highest id accepted) and the ids below it
 * that were refused. A watermark is no record of its own: the newest entry of each sender stays in the store, delivered
 * or not, until a newer one takes its place (README.md, "Repeats").
 */
import type { Standing } from '../../protocol/id-history.ts';
import type { Entry } from './entry.ts';
import { Recency, type Touched } from './recency.ts';

const NO_IDS: readonly number[] = [];

/** What one mailbox knows of one sender (user and device). */
interface Sender extends Touched<Sender> {
  readonly name: string;
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
  /** Another message had this id, or a higher one: this one must be refused. */
  | 'stale'
  /** The session is over: nothing of it is taken. */
  | 'over';

/** What a message is judged by. */
export interface JudgedMessage {
  readonly sender: string;
  readonly session: number;
  readonly id: number;
  readonly carried: readonly number[];
  readonly standing: Standing;
}

interface Known {
  readonly bySender: Map<string, Sender>;
  /** Those of whom something was accepted, by their newest entry. */
  readonly accepted: Recency<Sender>;
  /** Those of whom something was refused only, by when they came. */
  readonly refusedOnly: Recency<Sender>;
}

export class Senders {
  /** Null until somebody wrote: most mailboxes of an idle node are empty. */
  #known: Known | null = null;
  readonly #maxSenders: number;
  readonly #maxRefusals: number;

  constructor(maxSenders: number, maxRefusals: number) {
    this.#maxSenders = maxSenders;
    this.#maxRefusals = maxRefusals;
  }

  get size(): number {
    return this.#known?.bySender.size ?? 0;
  }

  /** The seq of this sender's newest entry; 0 if there is none. */
  seqOf(sender: string): number {
    return this.#find(sender)?.seq ?? 0;
  }

  /** The highest id accepted from this sender; 0 if there is none. */
  highestOf(sender: string): number {
    return this.#find(sender)?.watermark ?? 0;
  }

  /**
   * Decides on an id. `session` is the sender's connection, `carried` the ids its process refused in that session before
   * this one was sent. A `new` one at or below the watermark is no repeat, unless it was accepted in this very session: its
   * process asks again when it did not hear the answer.
   */
  judge({ sender, session, id, carried, standing }: JudgedMessage): Verdict {
    const known = this.#find(sender);
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
    return this.#find(sender)?.refused ?? NO_IDS;
  }

  /** Notes that `id` was refused. False when no more can be noted: the session must end. */
  refuse(sender: string, session: number, id: number): boolean {
    const known = this.#find(sender) ?? this.#add(sender);
    this.#note(known, session, [id]);
    return known.blockedSession !== session;
  }

  /**
   * Notes an accepted entry. Returns the seq of the entry it supersedes, 0 when there is none.
   */
  accept(entry: Entry): number {
    const known = this.#find(entry.sender) ?? this.#add(entry.sender);
    const superseded = known.seq;
    this.#keepOrder(known);
    known.watermark = Math.max(known.watermark, entry.id);
    known.seq = entry.seq;
    known.acceptedIn = entry.session;
    known.refused = entry.refused;
    if (entry.refused.length > 0) known.session = entry.session;
    return superseded;
  }

  /**
   * Forgets one sender when there are too many: the oldest of several of whom something was refused only, else the one that has been
   * silent longest, when its newest entry is at or below `floor`. Returns the seq of its tombstone, 0 when it has none, null when nothing
   * was forgotten.
   */
  forgetOldest(floor: number): number | null {
    if (this.#known === null || this.size <= this.#maxSenders) return null;
    const { bySender, accepted, refusedOnly } = this.#known;
    const list = refusedOnly.size > 1 ? refusedOnly : accepted;
    const { oldest } = list;
    if (oldest === null || oldest.seq > floor) return null;
    list.remove(oldest);
    bySender.delete(oldest.name);
    return oldest.seq;
  }

  /** Something of this sender is accepted now. */
  #keepOrder(sender: Sender): void {
    if (this.#known === null) return;
    const { accepted, refusedOnly } = this.#known;
    if (sender.seq !== 0) accepted.touch(sender);
    else {
      refusedOnly.remove(sender);
      accepted.add(sender);
    }
  }

  #find(sender: string): Sender | undefined {
    return this.#known?.bySender.get(sender);
  }

  #add(name: string): Sender {
    const known: Sender = {
      name,
      watermark: 0,
      seq: 0,
      acceptedIn: 0,
      session: 0,
      refused: NO_IDS,
      blockedSession: -1,
      older: null,
      newer: null,
    };
    this.#known ??= { bySender: new Map(), accepted: new Recency(), refusedOnly: new Recency() };
    this.#known.bySender.set(name, known);
    this.#known.refusedOnly.add(known);
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

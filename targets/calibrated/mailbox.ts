/** What the server knows of one user: the queue, the connection that is open, and what was delivered but not yet read. */

export interface Message {
  readonly id: number;
  readonly from: string;
  readonly sentAtMs: number;
  readonly wantsReceipts: boolean;
  /** The delivered receipt has gone out already: the early-receipt lie. */
  readonly receiptSent: boolean;
  readonly payload: Buffer;
}

export interface Entry extends Message {
  readonly seq: number;
}

/** How a mailbox reaches its user's device. */
export interface Line {
  /** False from the moment that the device has begun to leave. */
  readonly isOpen: boolean;
  deliver(entry: Entry): void;
  receipt(kind: 1 | 2, id: number, by: string): void;
  /** Ends the connection with an error code of the protocol. */
  close(code: number, reason: string): void;
}

/** Messages in flight to one device. */
export const WINDOW = 1_024;
export const MAX_QUEUE = 200_000;
const MAX_UNREAD = 10_000;
const MAX_RECEIPTS = 10_000;

export class Mailbox {
  readonly user: string;
  line: Line | null = null;
  /** Counts the user's sessions killed; names the incarnation. */
  kills = 0;
  /** Highest id this user has had accepted as a sender. */
  acceptedId = 0;
  #nextSeq: number;
  readonly #queue: Entry[] = [];
  /** Entries of the queue that went out on the present connection. */
  #inFlight = 0;
  #pausedUntilUs = 0;
  /** Delivered and acknowledged, with receipts wanted: a READ may still come. */
  readonly #unread = new Map<number, Entry>();
  readonly #receipts: { readonly kind: 1 | 2; readonly id: number; readonly by: string }[] = [];

  constructor(user: string, firstSeq: number) {
    this.user = user;
    this.#nextSeq = firstSeq;
  }

  get isFull(): boolean {
    return this.#queue.length >= MAX_QUEUE;
  }

  /** Whether a device says that it has more than there ever was, while something waits for it. */
  contradicts(cursor: number): boolean {
    return cursor >= this.#nextSeq && this.#queue.length > 0;
  }

  /** What comes from now on has a seq above `cursor`. */
  numberAbove(cursor: number): void {
    this.#nextSeq = Math.max(this.#nextSeq, cursor + 1);
  }

  add(message: Message): void {
    this.#queue.push({ ...message, seq: this.#nextSeq });
    this.#nextSeq += 1;
  }

  /** Adds it with the seq of what went before: whoever has that takes this for a repeat, and shows it to nobody. */
  addHidden(message: Message): void {
    this.#queue.push({ ...message, seq: this.#nextSeq - 1 });
  }

  /** The user is back: the whole queue is due again, and so are the receipts that waited. */
  connect(line: Line): void {
    this.line = line;
    this.#inFlight = 0;
    for (const { kind, id, by } of this.#receipts.splice(0)) line.receipt(kind, id, by);
  }

  /** Nothing is delivered before `us`. */
  pauseUntil(us: number): void {
    this.#pausedUntilUs = Math.max(this.#pausedUntilUs, us);
  }

  /** Delivers what the window allows. */
  pump(nowUs: number): void {
    if (!this.line?.isOpen || nowUs < this.#pausedUntilUs) return;
    while (this.#inFlight < Math.min(this.#queue.length, WINDOW)) {
      this.line.deliver(this.#queue[this.#inFlight] as Entry);
      this.#inFlight += 1;
    }
  }

  /** The device has everything up to `seq`; false when it never was sent so much. `each` is called for every entry. */
  acknowledge(seq: number, each: (entry: Entry) => void): boolean {
    if (seq >= this.#nextSeq) return false;
    const dropped = this.#dropUpTo(seq, (entry) => {
      if (entry.wantsReceipts) this.#remember(entry);
      each(entry);
    });
    this.#inFlight = Math.max(0, this.#inFlight - dropped);
    return true;
  }

  /** The message with this seq, once: null when it asked for no receipts or was read before. */
  read(seq: number): Entry | null {
    const entry = this.#unread.get(seq) ?? null;
    this.#unread.delete(seq);
    return entry;
  }

  /** A receipt for this user: now, or when the user is back. */
  giveReceipt(kind: 1 | 2, id: number, by: string): void {
    if (this.line?.isOpen) this.line.receipt(kind, id, by);
    else if (this.#receipts.length < MAX_RECEIPTS) this.#receipts.push({ kind, id, by });
  }

  #dropUpTo(seq: number, each: (entry: Entry) => void): number {
    let count = 0;
    while (count < this.#queue.length && (this.#queue[count] as Entry).seq <= seq) count += 1;
    for (const entry of this.#queue.splice(0, count)) each(entry);
    return count;
  }

  #remember(entry: Entry): void {
    this.#unread.set(entry.seq, entry);
    if (this.#unread.size <= MAX_UNREAD) return;
    for (const oldest of this.#unread.keys()) {
      this.#unread.delete(oldest);
      break;
    }
  }
}

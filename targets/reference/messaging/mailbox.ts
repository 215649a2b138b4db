/**
 * A user's mailbox: what was accepted, what is durable, and how far each device has acknowledged. Pure: it decides, and its owner
 * (the user's process) writes to the store and to the connections.
 *
 * Entries are numbered by an increasing seq, with gaps. They lie in the store; only those that connected devices will get next are in
 * memory (device-queue.ts). What else a mailbox must know is found by examining the heads of its entries, some at a time: once when it is
 * read back, before it decides on any message, and again when a device acknowledges entries that are no longer in memory.
 */
import { DeviceQueue } from './device-queue.ts';
import {
  decodeEntry,
  type Entry,
  encodedBytes,
  encodeEntry,
  isStripped,
  type SentMessage,
  WHOLE_BYTES,
  wholeBytes,
} from './entry.ts';
import type { Limits } from './limits.ts';
import { type JudgedMessage, Senders } from './senders.ts';
import type { StoredEntry } from './store-port.ts';

/** What the owner does with an entry that devices have. */
export interface Effects {
  /** Some device has it, for the first time. */
  first(entry: Entry): void;
  /** The entry must be removed from the store: its size in bytes, 0 for a tombstone. */
  remove(seq: number, bytes: number): void;
  /** Only its head is kept, as a tombstone. */
  strip(entry: Entry): void;
}

/** Which bound of the mailbox a message met. */
export type MailboxBound = 'mailbox' | 'mailbox-bytes';

export type Offer =
  | { readonly kind: 'accepted'; readonly entry: Entry; readonly superseded: number }
  /** Accepted before: it is durable once `seq` is. */
  | { readonly kind: 'repeat'; readonly seq: number }
  /**
   * The mailbox is full, as `bound` says, or `refuse` was asked for; or, when `stale`, the id was refused before, or is another
   * message's. `last`: the sender's session cannot go on.
   */
  | { readonly kind: 'refused'; readonly stale: boolean; readonly bound: MailboxBound | null; readonly last: boolean };

/** What the receiver's process hands on as it came, so that nothing is allocated for it. */
export type OfferedMessage = SentMessage & JudgedMessage;

export type Acknowledgement = 'ok' | 'nothing-new' | 'never-delivered';

export class Mailbox {
  readonly devices: DeviceQueue[] = [];
  readonly #limits: Limits;
  readonly #deliveryLimits: () => Limits;
  readonly #senders: Senders;
  /** Entries that are counted in the store, tombstones not; and their bytes. */
  #length = 0;
  #bytes = 0;
  #nextSeq: number;
  #lastSeq = 0;
  #durableSeq = 0;
  /**
   * Seq up to which every known device has acknowledged, once the last one is forgotten where that was; and up to which some device has.
   * Neither ever falls.
   */
  #floor = 0;
  #highest = 0;
  /** Up to here, what every device has was removed or stripped; up to here, receipts were given. Each follows what is above. */
  #purgedTo = 0;
  #receiptedTo = 0;
  /** Up to here the heads were looked through after it was read back; `#scanned`: to the end. */
  #scannedTo = 0;
  #scanned = true;
  /** Up to where the look that is under way goes. */
  #lookTo = 0;

  /** `firstSeq`: no seq below it will be given out. `deliveryLimits`: those of windows and pages, as of now. */
  constructor(limits: Limits, firstSeq: number, deliveryLimits: () => Limits = () => limits) {
    this.#limits = limits;
    this.#deliveryLimits = deliveryLimits;
    this.#senders = new Senders(limits.maxSenders, limits.maxRefusals);
    this.#nextSeq = firstSeq;
  }

  /** Entries not yet acknowledged by every known device, as far as they were counted. */
  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get floor(): number {
    return this.#floor;
  }

  /** Whether a message of any size might be refused for want of room. */
  get isFull(): boolean {
    return this.#boundMetBy(this.#limits.maxFrameBytes) !== null;
  }

  /** Bytes of entries in memory; one that two devices wait for counts twice. */
  get residentBytes(): number {
    let bytes = 0;
    for (const device of this.devices) bytes += device.bytes;
    return bytes;
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  get durableSeq(): number {
    return this.#durableSeq;
  }

  /** Highest id accepted of a sender (user "/" device). */
  highestOf(sender: string): number {
    return this.#senders.highestOf(sender);
  }

  /** Whether it may decide on messages: it knows every sender. */
  get scanned(): boolean {
    return this.#scanned;
  }

  /**
   * Takes back what the store has on record: the seq of the newest entry, the devices with their cursors and when they were seen, and
   * the floor, which matters where no device is left. To be called once, first.
   */
  restore(lastSeq: number, cursors: readonly (readonly [device: string, cursor: number, seenMs?: number])[], floor = 0): void {
    this.#floor = floor;
    this.#reach(floor);
    for (const [device, cursor, seenMs = 0] of cursors) {
      const known = new DeviceQueue(device, cursor);
      known.seenMs = seenMs;
      this.devices.push(known);
      this.#reach(cursor);
    }
    this.#floor = this.#lowestCursor();
    this.#purgedTo = this.#floor;
    this.#receiptedTo = this.#highest;
    this.#lastSeq = lastSeq;
    this.#durableSeq = lastSeq;
    if (lastSeq >= this.#nextSeq) this.#nextSeq = lastSeq + 1;
    this.#scanned = lastSeq === 0;
  }

  /**
   * Decides on a message; `refuse` asks to refuse it unless it was accepted before. The owner then appends an accepted one to the
   * store, and after it removes `superseded`, a tombstone, unless that is 0. The mailbox must have been scanned.
   */
  offer(message: OfferedMessage, sentAtMs: number, refuse: boolean): Offer {
    const { sender, session, id } = message;
    const verdict = this.#senders.judge(message);
    if (verdict === 'repeat') return { kind: 'repeat', seq: this.#senders.seqOf(sender) };
    if (verdict === 'spent') return { kind: 'refused', stale: true, bound: null, last: false };
    if (verdict === 'over') return { kind: 'refused', stale: false, bound: null, last: false };
    const refused = this.#senders.refusedOf(sender);
    const bytes = encodedBytes(message, refused.length);
    const bound = this.#boundMetBy(bytes);
    const stale = verdict === 'stale';
    if (stale || refuse || bound !== null) {
      const last = !this.#senders.refuse(sender, session, id);
      return { kind: 'refused', stale, bound: stale || refuse ? null : bound, last };
    }
    const seq = this.#nextSeq++;
    const previous = this.#lastSeq;
    const entry = encodeEntry(message, seq, sentAtMs, refused);
    const before = this.#senders.accept(entry);
    this.#lastSeq = seq;
    this.#length++;
    this.#bytes += bytes;
    const deliveryLimits = this.#deliveryLimits();
    for (const device of this.devices) device.offer(entry, previous, deliveryLimits);
    return { kind: 'accepted', entry, superseded: before <= this.#purgedTo ? before : 0 };
  }

  /** Everything up to `seq` is as durable as the deployment promises. */
  settle(seq: number): void {
    if (seq > this.#durableSeq) this.#durableSeq = seq;
    for (const device of this.devices) device.feed();
  }

  /** Forgets a sender if too many are remembered. Returns the seq of its tombstone, which must be removed (0 if it has none), or null. */
  forgetOldest(): number | null {
    return this.#senders.forgetOldest(this.#purgedTo);
  }

  /** Whether a device may sign in: it is known, or there is room for one more. */
  admits(device: string): boolean {
    return this.devices.length < this.#limits.maxDevices || this.find(device) !== null;
  }

  /**
   * Whether a device says that it has more than this mailbox ever gave out, while something waits for it: taken at its word, what
   * waits would be lost.
   */
  contradicts(device: string, cursor: number): boolean {
    return cursor >= this.#nextSeq && this.#lastSeq > (this.find(device)?.cursor ?? this.#floor);
  }

  find(device: string): DeviceQueue | null {
    for (const known of this.devices) if (known.device === device) return known;
    return null;
  }

  /**
   * A device signs in and says what it has, which acknowledges it. A new device begins where all known ones have got to.
   * Delivery starts again behind its cursor.
   */
  attach(device: string, cursor: number): DeviceQueue {
    let known = this.find(device);
    if (known === null) {
      known = new DeviceQueue(device, this.#floor);
      this.devices.push(known);
    }
    if (cursor > known.cursor) {
      known.cursor = cursor;
      this.#reach(cursor);
      this.#floor = this.#lowestCursor();
    }
    known.attach();
    return known;
  }

  /** A device is known no more, and nothing waits for it. What only it had not acknowledged is found by looking through the store. */
  forget(device: DeviceQueue): void {
    const at = this.devices.indexOf(device);
    if (at >= 0) this.devices.splice(at, 1);
    this.#floor = this.#lowestCursor();
  }

  /** The next entry to deliver to a device, or null: nothing durable is left, or its window is full. */
  next(device: DeviceQueue): Entry | null {
    const { window, windowBytes } = this.#deliveryLimits();
    return device.next(this.#durableSeq, window, windowBytes);
  }

  /** Whether a device waits for its own acknowledgement, not for messages. */
  windowFull(device: DeviceQueue): boolean {
    return device.waitsForWindow(this.#lastSeq);
  }

  /** A device has everything up to `seq`. */
  acknowledge(device: DeviceQueue, seq: number, effects: Effects): Acknowledgement {
    if (seq <= device.cursor) return 'nothing-new';
    const { cursor } = device;
    const acknowledged = device.acknowledge(seq);
    if (acknowledged === null) return 'never-delivered';
    const [floor, highest] = [this.#floor, this.#highest];
    this.#reach(seq);
    if (cursor === floor) this.#floor = this.#lowestCursor();
    // When something before them was not seen to yet, it all is by looking through the store; otherwise these are all there is. Nothing
    // leaves the store before its receipt was given.
    if (this.#receiptedTo === highest) {
      for (const entry of acknowledged) if (entry.seq > highest) effects.first(entry);
      this.#receiptedTo = this.#highest;
    }
    if (this.#scanned && this.#purgedTo === floor && this.#receiptedTo >= this.#floor) {
      for (const entry of acknowledged) if (entry.seq <= this.#floor) this.#drop(entry, effects);
      this.#purgedTo = this.#floor;
    }
    return 'ok';
  }

  /** The page that a device needs now, to be asked for, or null. */
  askPage(device: DeviceQueue): ReturnType<DeviceQueue['askPage']> {
    return device.askPage(this.#lastSeq, this.#durableSeq >= this.#lastSeq ? this.#lastSeq : 0, this.#deliveryLimits());
  }

  /** Takes a page that askPage asked for. */
  takePage(after: number, entries: readonly StoredEntry[], more: boolean): void {
    for (const device of this.devices) if (device.waitsForPage(after)) device.takePage(entries, more);
  }

  /** The seq behind which the heads must be examined next, or null if none are left. */
  askHeads(): number | null {
    if (!this.#scanned) return this.#scannedTo;
    // What is not committed yet is not seen; there is nothing of that when everything is durable.
    const readable = this.#durableSeq >= this.#lastSeq ? Number.POSITIVE_INFINITY : this.#durableSeq;
    const [purgeTo, receiptTo] = [Math.min(this.#floor, readable), Math.min(this.#highest, readable)];
    if (this.#purgedTo >= purgeTo && this.#receiptedTo >= receiptTo) return null;
    this.#lookTo = Math.max(purgeTo, receiptTo);
    return Math.min(
      this.#purgedTo < purgeTo ? this.#purgedTo : receiptTo,
      this.#receiptedTo < receiptTo ? this.#receiptedTo : purgeTo,
    );
  }

  /** Takes the heads that askHeads asked for. */
  takeHeads(heads: readonly StoredEntry[], more: boolean, effects: Effects): void {
    if (this.#scanned) this.#sweep(heads, more, effects);
    else this.#scan(heads, more, effects);
  }

  /** Learns who sent what, and how much it is. */
  #scan(heads: readonly StoredEntry[], more: boolean, effects: Effects): void {
    for (const { seq, value } of heads) {
      const entry = decodeEntry(seq, value);
      const before = this.#senders.accept(entry);
      if (before !== 0 && before <= this.#purgedTo) effects.remove(before, 0);
      this.#scannedTo = seq;
      if (isStripped(entry)) continue;
      const bytes = wholeBytes(entry);
      if (seq > this.#purgedTo) {
        this.#length++;
        this.#bytes += bytes;
      } else if (bytes > WHOLE_BYTES) effects.strip(entry);
    }
    this.#scanned = !more;
  }

  /** Gives receipts for, and removes, what devices have that was not in memory when they said so. */
  #sweep(heads: readonly StoredEntry[], more: boolean, effects: Effects): void {
    const [floor, highest] = [Math.min(this.#floor, this.#lookTo), Math.min(this.#highest, this.#lookTo)];
    let seen = more ? 0 : this.#lookTo;
    for (const { seq, value } of heads) {
      if (seq > this.#lookTo) {
        seen = this.#lookTo;
        break;
      }
      seen = Math.max(seen, seq);
      const entry = decodeEntry(seq, value);
      if (isStripped(entry)) continue;
      if (seq > this.#receiptedTo && seq <= highest) effects.first(entry);
      if (seq > this.#purgedTo && seq <= floor) this.#drop(entry, effects);
    }
    this.#receiptedTo = Math.max(this.#receiptedTo, Math.min(seen, highest));
    this.#purgedTo = Math.max(this.#purgedTo, Math.min(seen, floor));
  }

  /** All devices have it. */
  #drop(entry: Entry, effects: Effects): void {
    const bytes = wholeBytes(entry);
    this.#length--;
    this.#bytes -= bytes;
    // The newest of each sender remembers its highest id.
    if (this.#senders.seqOf(entry.sender) !== entry.seq) effects.remove(entry.seq, bytes);
    else if (bytes > WHOLE_BYTES) effects.strip(entry);
  }

  #boundMetBy(bytes: number): MailboxBound | null {
    if (this.#length >= this.#limits.maxMailbox) return 'mailbox';
    return this.#bytes + bytes > this.#limits.maxMailboxBytes ? 'mailbox-bytes' : null;
  }

  /** Some device has everything up to `seq`: no seq up to it is given out. */
  #reach(seq: number): void {
    if (seq > this.#highest) this.#highest = seq;
    if (seq >= this.#nextSeq) this.#nextSeq = seq + 1;
  }

  #lowestCursor(): number {
    let lowest = this.devices.length === 0 ? this.#floor : Number.POSITIVE_INFINITY;
    for (const device of this.devices) if (device.cursor < lowest) lowest = device.cursor;
    return lowest;
  }
}

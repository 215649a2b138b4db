/**
 * What one device gets next: the entries above its cursor that lie in memory, beginning with those that are on their way to it. Pure.
 *
 * Only the queue of a connected device holds entries. A new entry joins it while it has room and nothing before it is missing; what
 * does not fit lies in the store only, and is read back by pages as the queue empties. So a process holds, for each connected
 * device, no more than its window and a page, however large the mailbox is.
 */
import { decodeEntry, type Entry, isStripped } from './entry.ts';
import type { Limits } from './limits.ts';
import type { PageBounds, StoredEntry } from './store-port.ts';

/** Every idle device has this one. */
const NO_ENTRIES: Entry[] = [];

export class DeviceQueue {
  readonly device: string;
  /** Everything up to here was acknowledged. */
  cursor: number;
  attached = false;
  /** When it was connected last, ms since 1970; of a connected one, when that was noted last. */
  seenMs = 0;
  /** Entries on their way on the present connection, and their bytes. */
  sent = 0;
  sentBytes = 0;
  /** By seq; the first `sent` are on their way, the others wait for the window. */
  #entries = NO_ENTRIES;
  #bytes = 0;
  /** What was acknowledged or lies in the queue: everything up to here. */
  #queuedTo: number;
  /** Asked: a page is on its way. Starved: the last page was empty, because its entries are not committed yet. */
  #paging: 'idle' | 'asked' | 'starved' = 'idle';
  /** When the page was asked for, everything up to here was in the store to be read. */
  #readableTo = 0;

  constructor(device: string, cursor: number) {
    this.device = device;
    this.cursor = cursor;
    this.#queuedTo = cursor;
  }

  /** Bytes of all its entries in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it has had all that lies in memory and there is more, up to `lastSeq`, or its window keeps something back. */
  waitsForWindow(lastSeq: number): boolean {
    return this.sent > 0 && (this.sent < this.#entries.length || this.#queuedTo < lastSeq);
  }

  /** A connection begins: entries that were on their way on an earlier one are sent again. */
  attach(): void {
    this.detach();
    this.attached = true;
  }

  /** The connection is gone, and nothing of the queue is needed. */
  detach(): void {
    this.attached = false;
    this.sent = 0;
    this.sentBytes = 0;
    this.#entries = NO_ENTRIES;
    this.#bytes = 0;
    this.#queuedTo = this.cursor;
    this.#paging = 'idle';
  }

  /** A new entry; `previous`: the seq of the one before it in the mailbox. */
  offer(entry: Entry, previous: number, limits: Limits): void {
    if (!this.attached || this.#queuedTo < previous) return;
    const waiting = this.#entries.length - this.sent;
    if (waiting >= limits.maxResident) return;
    if (waiting > 0 && this.#bytes - this.sentBytes + entry.value.length > limits.maxResidentBytes) return;
    this.#push(entry);
  }

  /** The next entry to deliver, or null: nothing durable is left, or the window is full. */
  next(durableSeq: number, window: number, windowBytes: number): Entry | null {
    if (this.sent >= window) return null;
    const entry = this.#entries[this.sent];
    if (entry === undefined || entry.seq > durableSeq) return null;
    if (this.sentBytes > 0 && this.sentBytes + entry.value.length > windowBytes) return null;
    this.sent++;
    this.sentBytes += entry.value.length;
    return entry;
  }

  /** What is on its way, oldest first. */
  unacknowledged(): readonly Entry[] {
    return this.#entries.slice(0, this.sent);
  }

  /** Takes what is on its way up to `seq` out of the queue and returns it; null when `seq` is not on its way. */
  acknowledge(seq: number): readonly Entry[] | null {
    const entries = this.#entries;
    let low = 0;
    let high = this.sent - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((entries[middle] as Entry).seq <= seq) low = middle;
      else high = middle - 1;
    }
    if (low > high || (entries[low] as Entry).seq !== seq) return null;
    let acknowledged: readonly Entry[];
    if (low + 1 === entries.length) {
      acknowledged = entries;
      this.#entries = NO_ENTRIES;
    } else acknowledged = entries.splice(0, low + 1);
    for (const { value } of acknowledged) this.sentBytes -= value.length;
    this.#bytes = this.#entries.length === 0 ? 0 : this.#bytes - bytesOf(acknowledged);
    this.sent -= acknowledged.length;
    this.cursor = seq;
    return acknowledged;
  }

  /**
   * The page to ask the store for now, or null when none is needed. `readableTo`: everything in the mailbox up to here is in the
   * store to be read. Whoever is given bounds asks.
   */
  askPage(lastSeq: number, readableTo: number, limits: Limits): { readonly after: number; readonly bounds: PageBounds } | null {
    if (!this.attached || this.#paging !== 'idle' || this.#queuedTo >= lastSeq) return null;
    const waiting = this.#entries.length - this.sent;
    const waitingBytes = this.#bytes - this.sentBytes;
    if (waiting * 2 > limits.maxResident || waitingBytes * 2 > limits.maxResidentBytes) return null;
    this.#paging = 'asked';
    this.#readableTo = readableTo;
    const bounds = { entries: Math.max(1, limits.maxResident - waiting), bytes: limits.maxResidentBytes - waitingBytes };
    return { after: this.#queuedTo, bounds };
  }

  /** Whether it asked for the page behind `after`. */
  waitsForPage(after: number): boolean {
    return this.#paging === 'asked' && this.#queuedTo === after;
  }

  takePage(entries: readonly StoredEntry[], more: boolean): void {
    for (const { seq, value } of entries) {
      const entry = decodeEntry(seq, value);
      // Every device that was known then has had it, and one that came later begins behind it.
      if (isStripped(entry)) this.#queuedTo = seq;
      else this.#push(entry);
    }
    if (!more && this.#readableTo > this.#queuedTo) this.#queuedTo = this.#readableTo;
    this.#paging = more || entries.length > 0 || this.#readableTo > 0 ? 'idle' : 'starved';
  }

  /** More was committed. */
  feed(): void {
    if (this.#paging === 'starved') this.#paging = 'idle';
  }

  #push(entry: Entry): void {
    if (this.#entries === NO_ENTRIES) this.#entries = [];
    this.#entries.push(entry);
    this.#bytes += entry.value.length;
    this.#queuedTo = entry.seq;
  }
}

function bytesOf(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const { value } of entries) bytes += value.length;
  return bytes;
}

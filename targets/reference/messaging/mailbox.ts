/**
 * A user's mailbox: what was accepted, what is durable, how far each device has acknowledged. Pure: it decides, its owner
 * (the user's process) writes to the store and to the connections.
 *
 * Entries are numbered by seq, increasing, with gaps. In memory lies a run of them from the oldest unacknowledged one; when
 * it is full, newer ones are spilled: they lie in the store only, and are read back by pages as the run empties.
 */
import type { Standing } from '../../protocol/id-history.ts';
import { decodeEntry, type Entry, encodeEntry } from './entry.ts';
import type { Limits } from './limits.ts';
import { Senders } from './senders.ts';

/** How far one device has come. Positions count the entries of the run since the mailbox was made. */
export interface DeviceCursor {
  readonly device: string;
  /** Everything up to here was acknowledged. */
  cursor: number;
  /** Position of the first entry not acknowledged, and of the first not yet delivered on the present connection. */
  ackedAt: number;
  nextAt: number;
  /** Bytes delivered on the present connection and not acknowledged. */
  unackedBytes: number;
}

export type Offer =
  | { readonly kind: 'accepted'; readonly entry: Entry; readonly superseded: number }
  /** Accepted before: it is durable once `seq` is. */
  | { readonly kind: 'repeat'; readonly seq: number }
  /**
   * The mailbox is full, or `refuse` was asked for; or, when `stale`, the id was refused before, or is another message's. `last`: the
   * sender's session cannot go on.
   */
  | { readonly kind: 'refused'; readonly stale: boolean; readonly last: boolean };

export type Acknowledgement = 'ok' | 'nothing-new' | 'never-delivered';

const COMPACT_AT = 64;

export class Mailbox {
  readonly devices: DeviceCursor[] = [];
  readonly #limits: Limits;
  readonly #senders: Senders;
  /** The run; `#run[#head]` is at position `#base`. */
  #run: Entry[] = [];
  #head = 0;
  #base = 0;
  #spilled = 0;
  /** Highest seq that is or was in the run. */
  #pagedTo = 0;
  #nextSeq: number;
  #durableSeq = 0;
  /** First position that no device has acknowledged: where delivered receipts begin. */
  #receiptAt = 0;
  /** Seq up to which every known device has acknowledged. */
  #floor = 0;

  /** `firstSeq`: no seq below it will be given out. */
  constructor(limits: Limits, firstSeq: number) {
    this.#limits = limits;
    this.#senders = new Senders(limits.maxSenders, limits.maxRefusals);
    this.#nextSeq = firstSeq;
  }

  /** Entries not yet acknowledged by every known device. */
  get length(): number {
    return this.#run.length - this.#head + this.#spilled;
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

  get floor(): number {
    return this.#floor;
  }

  get senders(): number {
    return this.#senders.size;
  }

  /** Position behind the last entry in memory. */
  get endAt(): number {
    return this.#base + this.#run.length - this.#head;
  }

  /**
   * Takes back what the store kept: all entries by seq, and the devices' cursors. To be called once, first.
   */
  restore(
    entries: readonly { readonly seq: number; readonly value: Buffer }[],
    cursors: readonly (readonly [string, number])[],
  ): void {
    for (const [device, cursor] of cursors) {
      this.devices.push({ device, cursor, ackedAt: 0, nextAt: 0, unackedBytes: 0 });
      if (cursor >= this.#nextSeq) this.#nextSeq = cursor + 1;
    }
    this.#floor = this.#lowestCursor();
    for (const { seq, value } of entries) {
      const entry = decodeEntry(seq, value);
      this.#senders.accept(entry);
      this.#durableSeq = seq;
      if (seq >= this.#nextSeq) this.#nextSeq = seq + 1;
      if (seq > this.#floor) this.#keep(entry);
    }
    for (const device of this.devices) this.#place(device);
    let receiptAt = this.#base;
    for (const device of this.devices) receiptAt = Math.max(receiptAt, device.ackedAt);
    this.#receiptAt = receiptAt;
  }

  /**
   * Decides on a message; `refuse` asks to refuse it unless it was accepted before. An accepted one is to be appended to the store, and `superseded` (unless 0) removed
   * after it.
   */
  offer(
    sender: string,
    from: string,
    session: number,
    id: number,
    receipts: boolean,
    sentAtMs: number,
    carried: readonly number[],
    refuse: boolean,
    standing: Standing,
    payload: Buffer,
  ): Offer {
    const verdict = this.#senders.judge(sender, session, id, carried, standing);
    if (verdict === 'repeat') return { kind: 'repeat', seq: this.#senders.seqOf(sender) };
    if (verdict === 'spent') return { kind: 'refused', stale: true, last: false };
    if (verdict === 'over') return { kind: 'refused', stale: false, last: false };
    if (verdict === 'stale' || refuse || this.length >= this.#limits.maxMailbox)
      return { kind: 'refused', stale: verdict === 'stale', last: !this.#senders.refuse(sender, session, id) };
    const seq = this.#nextSeq++;
    const refused = this.#senders.refusedOf(sender);
    const entry = encodeEntry(seq, id, sender, from, receipts, sentAtMs, session, refused, payload);
    const before = this.#senders.accept(entry);
    this.#keep(entry);
    return { kind: 'accepted', entry, superseded: before <= this.#floor ? before : 0 };
  }

  /** Everything up to `seq` is as durable as the deployment promises. */
  settle(seq: number): void {
    if (seq > this.#durableSeq) this.#durableSeq = seq;
  }

  /** The tombstone to remove because too many senders are remembered; 0 when there is none. */
  forgetOldest(): number {
    return this.#senders.forgetOldest(this.#floor);
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
    if (cursor < this.#nextSeq || this.length === 0) return false;
    const known = this.find(device);
    return known === null || known.ackedAt < this.endAt || this.#spilled > 0;
  }

  find(device: string): DeviceCursor | null {
    for (const known of this.devices) if (known.device === device) return known;
    return null;
  }

  /**
   * A device signs in and says what it has, which acknowledges it. A new device begins where all known ones have got to.
   * Delivery starts again behind its cursor. `first` and `drop` as for `acknowledge`.
   */
  attach(
    device: string,
    cursor: number,
    first: (entry: Entry) => void,
    drop: (entry: Entry, last: boolean) => void,
  ): DeviceCursor {
    let known = this.find(device);
    if (known === null) {
      known = { device, cursor: this.#floor, ackedAt: this.#base, nextAt: this.#base, unackedBytes: 0 };
      this.devices.push(known);
    }
    if (cursor > known.cursor) {
      known.cursor = cursor;
      if (cursor >= this.#nextSeq) this.#nextSeq = cursor + 1;
    }
    this.#place(known);
    this.#reach(known.ackedAt, first);
    this.#trim(drop);
    return known;
  }

  /** The next entry to deliver to a device, or null: nothing durable is left, or its window is full. */
  next(device: DeviceCursor): Entry | null {
    if (device.nextAt - device.ackedAt >= this.#limits.window) return null;
    const entry = this.#run[device.nextAt - this.#base + this.#head];
    if (entry === undefined || entry.seq > this.#durableSeq) return null;
    if (device.unackedBytes > 0 && device.unackedBytes + entry.value.length > this.#limits.windowBytes) return null;
    device.nextAt++;
    device.unackedBytes += entry.value.length;
    return entry;
  }

  /** Whether a device waits for its own acknowledgement, not for messages. */
  windowFull(device: DeviceCursor): boolean {
    return device.nextAt > device.ackedAt && device.nextAt < this.endAt;
  }

  /** What was delivered to a device and not acknowledged, oldest first. */
  unacknowledged(device: DeviceCursor): readonly Entry[] {
    const from = this.#head - this.#base;
    return this.#run.slice(device.ackedAt + from, device.nextAt + from);
  }

  /**
   * A device acknowledges everything up to `seq`. `first` gets each entry that no device had acknowledged before; `drop`
   * each that everybody now has, with `last` when it is its sender's newest and stays in the store as a tombstone.
   */
  acknowledge(
    device: DeviceCursor,
    seq: number,
    first: (entry: Entry) => void,
    drop: (entry: Entry, last: boolean) => void,
  ): Acknowledgement {
    if (seq <= device.cursor) return 'nothing-new';
    const offset = this.#head - this.#base;
    let low = device.ackedAt;
    let high = device.nextAt - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#run[middle + offset] as Entry).seq <= seq) low = middle;
      else high = middle - 1;
    }
    if (low > high || (this.#run[low + offset] as Entry).seq !== seq) return 'never-delivered';
    for (let at = device.ackedAt; at <= low; at++) device.unackedBytes -= (this.#run[at + offset] as Entry).value.length;
    device.ackedAt = low + 1;
    device.cursor = seq;
    this.#reach(device.ackedAt, first);
    this.#trim(drop);
    return 'ok';
  }

  /** The entry with this seq, if it is in memory. */
  entry(seq: number): Entry | null {
    const at = this.#positionAfter(seq - 1);
    const entry = this.#run[at - this.#base + this.#head];
    return entry !== undefined && entry.seq === seq ? entry : null;
  }

  /**
   * From where to read a page back, or null when none is needed. `hungry`: a connected device has had all that is in memory,
   * so that the run must grow though another device still needs its beginning.
   */
  wantsPage(hungry: boolean): { readonly after: number; readonly limit: number } | null {
    const inMemory = this.#run.length - this.#head;
    const half = (this.#limits.maxResident + 1) >>> 1;
    if (this.#spilled === 0 || (inMemory > half && !hungry)) return null;
    return { after: this.#pagedTo, limit: half };
  }

  /** Takes a page that wantsPage asked for. `first` and `drop` as for `acknowledge`. */
  takePage(
    entries: readonly { readonly seq: number; readonly value: Buffer }[],
    first: (entry: Entry) => void,
    drop: (entry: Entry, last: boolean) => void,
  ): void {
    for (const { seq, value } of entries) {
      if (seq <= this.#pagedTo || this.#spilled === 0) continue;
      this.#run.push(decodeEntry(seq, value));
      this.#pagedTo = seq;
      this.#spilled--;
    }
    for (const device of this.devices) {
      // A cursor from HELLO may be ahead of what was in memory when the device signed in.
      const ackedAt = this.#positionAfter(device.cursor);
      if (ackedAt <= device.ackedAt) continue;
      device.ackedAt = ackedAt;
      if (device.nextAt < ackedAt) device.nextAt = ackedAt;
      this.#reach(ackedAt, first);
    }
    this.#trim(drop);
  }

  /** Some device has everything below position `at`. */
  #reach(at: number, first: (entry: Entry) => void): void {
    for (; this.#receiptAt < at; this.#receiptAt++) {
      const entry = this.#run[this.#receiptAt - this.#base + this.#head];
      if (entry !== undefined) first(entry);
    }
  }

  #keep(entry: Entry): void {
    if (this.#spilled > 0 || this.#run.length - this.#head >= this.#limits.maxResident) {
      this.#spilled++;
      return;
    }
    this.#run.push(entry);
    this.#pagedTo = entry.seq;
  }

  /** Puts a device's positions behind its cursor; what was on its way on an earlier connection is to be sent again. */
  #place(device: DeviceCursor): void {
    device.ackedAt = this.#positionAfter(device.cursor);
    device.nextAt = device.ackedAt;
    device.unackedBytes = 0;
  }

  #positionAfter(seq: number): number {
    let low = this.#head;
    let high = this.#run.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#run[middle] as Entry).seq <= seq) low = middle + 1;
      else high = middle;
    }
    return low - this.#head + this.#base;
  }

  #lowestCursor(): number {
    let lowest = this.devices.length === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (const device of this.devices) if (device.cursor < lowest) lowest = device.cursor;
    return lowest;
  }

  #trim(drop: (entry: Entry, last: boolean) => void): void {
    this.#floor = this.#lowestCursor();
    let head = this.#head;
    const run = this.#run;
    while (head < run.length) {
      const entry = run[head] as Entry;
      if (entry.seq > this.#floor) break;
      head++;
      drop(entry, this.#senders.seqOf(entry.sender) === entry.seq);
    }
    this.#base += head - this.#head;
    this.#head = head;
    if (head === run.length) {
      // An idle mailbox keeps no room for entries it has not got.
      this.#run = [];
      this.#head = 0;
    } else if (head >= COMPACT_AT && head * 2 >= run.length) {
      run.splice(0, head);
      this.#head = 0;
    } else {
      // A dropped entry must not be kept alive by its place in the run.
      for (let i = head - 1; i >= 0 && run[i] !== undefined; i--) (run as (Entry | undefined)[])[i] = undefined;
    }
  }
}

/** A store that writes when told to, and forgets what it was not told to write when its node crashes. */
import { headOf, strippedHead, WHOLE_BYTES } from '../../../../targets/reference/messaging/entry.ts';
import type { MailboxStore, Mandate, PageBounds, StoredEntry } from '../../../../targets/reference/messaging/store-port.ts';
import type { Pid } from '../../../../targets/reference/runtime/index.ts';

/** What is on the disk: it outlives the node. */
export interface Disk {
  readonly mailboxes: Map<string, Map<number, Buffer>>;
  readonly profiles: Map<string, string>;
}

export function newDisk(): Disk {
  return { mailboxes: new Map(), profiles: new Map() };
}

export class SlowStore implements MailboxStore {
  readonly #disk: Disk;
  readonly #send: (to: Pid, message: unknown) => void;
  #writes: (() => void)[] = [];
  #waiting = new Map<Pid, number>();
  #savers: Pid[] = [];

  constructor(disk: Disk, send: (to: Pid, message: unknown) => void) {
    this.#disk = disk;
    this.#send = send;
  }

  /** After everything asked for before it, also by a process that has died since. */
  load(user: string, to: Pid): void {
    this.#writes.push(() => {
      const lastSeq = Math.max(0, ...(this.#disk.mailboxes.get(user)?.keys() ?? []));
      this.#send(to, { type: 'loaded', profile: this.#disk.profiles.get(user) ?? null, lastSeq });
    });
  }

  page(user: string, after: number, bounds: PageBounds, to: Pid): void {
    this.#send(to, { type: 'page', after, ...boundedPage(this.#disk.mailboxes.get(user), after, bounds) });
  }

  heads(user: string, after: number, limit: number, to: Pid): void {
    this.#send(to, { type: 'heads', after, ...boundedHeads(this.#disk.mailboxes.get(user), after, limit) });
  }

  profile(user: string, to: Pid): void {
    this.#send(to, { type: 'profile', user, profile: this.#disk.profiles.get(user) ?? null });
  }

  append({ user }: Mandate, seq: number, value: Buffer, to: Pid): boolean {
    const copy = Buffer.from(value);
    this.#writes.push(() => {
      const mailbox = this.#disk.mailboxes.get(user) ?? new Map<number, Buffer>();
      this.#disk.mailboxes.set(user, mailbox.set(seq, copy));
    });
    this.#waiting.set(to, seq);
    return false;
  }

  remove({ user }: Mandate, seq: number, _bytes: number): void {
    this.#writes.push(() => void this.#disk.mailboxes.get(user)?.delete(seq));
  }

  strip({ user }: Mandate, seq: number, value: Buffer): void {
    const head = strippedHead(value);
    this.#writes.push(() => void this.#disk.mailboxes.get(user)?.set(seq, head));
  }

  usedBytes(): number {
    let bytes = 0;
    for (const mailbox of this.#disk.mailboxes.values()) for (const value of mailbox.values()) bytes += value.length;
    return bytes;
  }

  saveProfile({ user }: Mandate, profile: string, to: Pid | null): boolean {
    this.#writes.push(() => void this.#disk.profiles.set(user, profile));
    if (to !== null) this.#savers.push(to);
    return false;
  }

  /** Writes everything asked for so far, and says so. */
  write(): void {
    const writes = this.#writes;
    const waiting = this.#waiting;
    this.#writes = [];
    this.#waiting = new Map();
    for (const one of writes) one();
    for (const to of this.#savers.splice(0)) this.#send(to, { type: 'saved' });
    for (const [to, seq] of waiting) this.#send(to, { type: 'stored', seq });
  }

  /** A crash in the middle: the first `share` of what waits reached the disk, and nobody was told. */
  crash(share: number): void {
    const kept = Math.floor(this.#writes.length * share);
    for (const one of this.#writes.slice(0, kept)) one();
    this.#writes = [];
    this.#waiting = new Map();
    this.#savers = [];
  }
}

interface Read {
  readonly entries: readonly StoredEntry[];
  readonly more: boolean;
}

/** What a store answers with: up to so many entries of together so many bytes, the first in any case. */
export function boundedPage(mailbox: ReadonlyMap<number, Buffer> | undefined, after: number, bounds: PageBounds): Read {
  const all = above(mailbox, after);
  let left = bounds.bytes;
  const past = all.findIndex(({ value }, index) => {
    if (index === bounds.entries || (index > 0 && value.length > left)) return true;
    left -= value.length;
    return false;
  });
  return past < 0 ? { entries: all, more: false } : { entries: all.slice(0, past), more: true };
}

/** The same without the payloads of large entries. */
export function boundedHeads(mailbox: ReadonlyMap<number, Buffer> | undefined, after: number, limit: number): Read {
  const all = above(mailbox, after);
  const entries = all
    .slice(0, limit)
    .map(({ seq, value }) => ({ seq, value: value.length > WHOLE_BYTES ? headOf(value) : value }));
  return { entries, more: all.length > limit };
}

function above(mailbox: ReadonlyMap<number, Buffer> | undefined, after: number): StoredEntry[] {
  return [...(mailbox ?? [])]
    .filter(([seq]) => seq > after)
    .sort(([a], [b]) => a - b)
    .map(([seq, value]) => ({ seq, value }));
}

/**
 * Mailboxes in the node's memory, for durability memory: nothing is written to disk. Messages that a user's process had accepted
 * outlive the process, but not the node.
 */
import { strippedHead } from '../messaging/entry.ts';
import type { MailboxStore, Mandate, PageBounds, StoredEntry } from '../messaging/store-port.ts';
import type { Pid } from '../runtime/index.ts';

export class MemoryStore implements MailboxStore {
  /** user -> seq -> value; a Map keeps the order of appending, which is the order of seqs. */
  readonly #mailboxes = new Map<string, Map<number, Buffer>>();
  readonly #profiles = new Map<string, string>();
  readonly #send: (to: Pid, message: unknown) => void;
  #bytes = 0;

  constructor(send: (to: Pid, message: unknown) => void) {
    this.#send = send;
  }

  load(user: string, to: Pid): void {
    let lastSeq = 0;
    for (const seq of this.#mailboxes.get(user)?.keys() ?? []) lastSeq = seq;
    this.#send(to, { type: 'loaded', profile: this.#profiles.get(user) ?? null, lastSeq });
  }

  page(user: string, after: number, bounds: PageBounds, to: Pid): void {
    this.#send(to, { type: 'page', after, ...this.#read(user, after, bounds) });
  }

  heads(user: string, after: number, limit: number, to: Pid): void {
    // In another turn of the event loop: whoever looks through a mailbox asks again and again.
    const bounds = { entries: limit, bytes: Number.POSITIVE_INFINITY };
    setImmediate(() => this.#send(to, { type: 'heads', after, ...this.#read(user, after, bounds) }));
  }

  profile(user: string, to: Pid): void {
    this.#send(to, { type: 'profile', user, profile: this.#profiles.get(user) ?? null });
  }

  append({ user }: Mandate, seq: number, value: Buffer, _to: Pid): boolean {
    let mailbox = this.#mailboxes.get(user);
    if (mailbox === undefined) {
      mailbox = new Map();
      this.#mailboxes.set(user, mailbox);
    }
    mailbox.set(seq, value);
    this.#bytes += value.length;
    return true;
  }

  remove({ user }: Mandate, seq: number, _bytes: number): void {
    const mailbox = this.#mailboxes.get(user);
    if (mailbox === undefined) return;
    this.#bytes -= mailbox.get(seq)?.length ?? 0;
    mailbox.delete(seq);
    if (mailbox.size === 0) this.#mailboxes.delete(user);
  }

  strip({ user }: Mandate, seq: number, value: Buffer): void {
    const mailbox = this.#mailboxes.get(user);
    const before = mailbox?.get(seq);
    if (mailbox === undefined || before === undefined) return;
    const head = strippedHead(value);
    this.#bytes += head.length - before.length;
    mailbox.set(seq, head);
  }

  saveProfile({ user }: Mandate, profile: string, _to: Pid | null): boolean {
    this.#profiles.set(user, profile);
    return true;
  }

  usedBytes(): number {
    return this.#bytes;
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  #read(user: string, after: number, bounds: PageBounds): { entries: StoredEntry[]; more: boolean } {
    const entries: StoredEntry[] = [];
    let left = bounds.bytes;
    for (const [seq, value] of this.#mailboxes.get(user) ?? []) {
      if (seq <= after) continue;
      if (entries.length === bounds.entries || (entries.length > 0 && value.length > left)) return { entries, more: true };
      left -= value.length;
      entries.push({ seq, value });
    }
    return { entries, more: false };
  }
}

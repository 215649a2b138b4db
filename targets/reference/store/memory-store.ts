/**
 * Mailboxes in the node's memory, for durability memory: nothing is written to disk. What a user's process had accepted
 * outlives the process, and not the node.
 */
import type { MailboxStore, Mandate } from '../messaging/store-port.ts';
import type { Pid } from '../runtime/index.ts';

export class MemoryStore implements MailboxStore {
  /** user -> seq -> value; a Map keeps the order of appending, which is the order of seqs. */
  readonly #mailboxes = new Map<string, Map<number, Buffer>>();
  readonly #profiles = new Map<string, string>();
  readonly #send: (to: Pid, message: unknown) => void;

  constructor(send: (to: Pid, message: unknown) => void) {
    this.#send = send;
  }

  load(user: string, to: Pid): void {
    this.#send(to, { type: 'loaded', profile: this.#profiles.get(user) ?? null, entries: this.#read(user, 0, Infinity) });
  }

  page(user: string, after: number, limit: number, to: Pid): void {
    this.#send(to, { type: 'page', entries: this.#read(user, after, limit) });
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
    return true;
  }

  remove({ user }: Mandate, seq: number): void {
    const mailbox = this.#mailboxes.get(user);
    if (mailbox === undefined) return;
    mailbox.delete(seq);
    if (mailbox.size === 0) this.#mailboxes.delete(user);
  }

  saveProfile({ user }: Mandate, profile: string, _to: Pid | null): boolean {
    this.#profiles.set(user, profile);
    return true;
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  #read(user: string, after: number, limit: number): { seq: number; value: Buffer }[] {
    const entries: { seq: number; value: Buffer }[] = [];
    for (const [seq, value] of this.#mailboxes.get(user) ?? []) {
      if (seq <= after) continue;
      if (entries.length >= limit) break;
      entries.push({ seq, value });
    }
    return entries;
  }
}

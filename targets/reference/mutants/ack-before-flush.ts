/** Reports a write as durable as soon as it is requested, and makes it later. A node that is killed in between loses it. */
import type { Mandate, PageBounds } from '../messaging/store-port.ts';
import type { Pid } from '../runtime/index.ts';
import type { Closing, Mutation } from './mutation.ts';

const HELD_MS = 1_000;

class WriteBehind implements Closing {
  readonly #store: Closing;
  #held: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Closing) {
    this.#store = store;
  }

  load(user: string, to: Pid): void {
    this.#write();
    this.#store.load(user, to);
  }

  page(user: string, after: number, bounds: PageBounds, to: Pid): void {
    this.#write();
    this.#store.page(user, after, bounds, to);
  }

  heads(user: string, after: number, limit: number, to: Pid): void {
    this.#write();
    this.#store.heads(user, after, limit, to);
  }

  profile(user: string, to: Pid): void {
    this.#write();
    this.#store.profile(user, to);
  }

  append(mandate: Mandate, seq: number, value: Buffer, to: Pid): boolean {
    this.#hold(() => void this.#store.append(mandate, seq, value, to));
    return true;
  }

  remove(mandate: Mandate, seq: number, bytes: number): void {
    this.#hold(() => this.#store.remove(mandate, seq, bytes));
  }

  strip(mandate: Mandate, seq: number, value: Buffer): void {
    this.#hold(() => this.#store.strip(mandate, seq, value));
  }

  usedBytes(): number {
    return this.#store.usedBytes();
  }

  saveProfile(mandate: Mandate, profile: string, to: Pid | null): boolean {
    this.#hold(() => void this.#store.saveProfile(mandate, profile, null));
    return to !== null;
  }

  flush(): Promise<void> {
    this.#write();
    return this.#store.flush();
  }

  close(): Promise<void> {
    this.#write();
    return this.#store.close();
  }

  #hold(write: () => void): void {
    this.#held.push(write);
    this.#timer ??= setTimeout(() => this.#write(), HELD_MS);
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const write of this.#held.splice(0)) write();
  }
}

export const ackBeforeFlush: Mutation = {
  summary: 'a message is acknowledged when it is handed to the store, before it is durable',
  seams: { mailboxes: (store) => new WriteBehind(store) },
};

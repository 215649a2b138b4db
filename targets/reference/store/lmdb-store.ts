/**
 * Mailboxes in LMDB. Writes of one turn of the event loop become one batch; who appended is told when the batch is committed
 * or, for durability fsync, flushed to the disk. Writes take effect in the order in which they were asked for. A write with an epoch
 * is made only while that is the user's epoch, which is checked within the transaction.
 */
import type { MailboxStore, Mandate } from '../messaging/store-port.ts';
import type { Pid } from '../runtime/index.ts';
import { entryKey, seqOfKey } from './keys.ts';
import type { LmdbEnvironment } from './lmdb-environment.ts';

export interface LmdbStoreOptions {
  readonly environment: LmdbEnvironment;
  readonly durability: 'fsync' | 'commit';
  /** How an answer reaches a process. */
  readonly send: (to: Pid, message: unknown) => void;
  /** A write failed: nothing that is not yet stored may be acknowledged, the node cannot go on. */
  readonly failed: (error: Error) => void;
}

const MAX_SEQ = Number.MAX_SAFE_INTEGER;

/** One write: an entry, a removal (value null), or a profile (text). */
interface Write {
  readonly key: Buffer | string;
  readonly value: Buffer | string | null;
}

/** What is to be written under one mandate in one batch, and who waits for it. */
class Writes {
  /** Null: not checked. */
  readonly mandate: Mandate | null;
  readonly list: Write[] = [];
  /** Who appended, and up to which seq. */
  readonly waiting = new Map<Pid, number>();
  readonly savers: Pid[] = [];
  /** Whether the mandate held; set when it is submitted. */
  held: Promise<boolean> | true = true;

  constructor(mandate: Mandate | null) {
    this.mandate = mandate;
  }
}

export class LmdbStore implements MailboxStore {
  readonly #environment: LmdbEnvironment;
  readonly #options: LmdbStoreOptions;
  /** The batch that is being collected: what is not checked, and what is, by mandate. */
  #free = new Writes(null);
  #mandated = new Map<string, Writes>();
  #collected = 0;
  #scheduled = false;
  #inFlight = 0;
  /** Resolves when everything submitted is visible; null when nothing is in flight. */
  #lastBatch: Promise<unknown> | null = null;
  #idle: (() => void)[] = [];

  constructor(options: LmdbStoreOptions) {
    this.#options = options;
    this.#environment = options.environment;
  }

  /** Writes asked for that are not yet as durable as promised. */
  get pending(): number {
    return this.#collected + this.#inFlight;
  }

  load(user: string, to: Pid): void {
    this.afterWrites(() => {
      this.#options.send(to, {
        type: 'loaded',
        profile: this.#environment.profiles.get(user) ?? null,
        entries: this.#read(user, 0, undefined),
      });
    });
  }

  page(user: string, after: number, limit: number, to: Pid): void {
    this.#options.send(to, { type: 'page', entries: this.#read(user, after, limit) });
  }

  profile(user: string, to: Pid): void {
    this.afterWrites(() => {
      this.#options.send(to, { type: 'profile', user, profile: this.#environment.profiles.get(user) ?? null });
    });
  }

  append(mandate: Mandate, seq: number, value: Buffer, to: Pid): boolean {
    this.#write(mandate, { key: entryKey(mandate.user, seq), value }).waiting.set(to, seq);
    return false;
  }

  remove(mandate: Mandate, seq: number): void {
    this.#write(mandate, { key: entryKey(mandate.user, seq), value: null });
  }

  saveProfile(mandate: Mandate, profile: string, to: Pid | null): boolean {
    const { savers } = this.#write(mandate, { key: mandate.user, value: profile });
    if (to !== null) savers.push(to);
    return false;
  }

  /** Resolves once everything asked for so far is on the disk, whatever the promised durability. */
  async flush(): Promise<void> {
    this.#submit();
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#environment.root.flushed;
  }

  /** Flushes, then closes the environment. */
  async close(): Promise<void> {
    await this.flush();
    await this.#environment.root.close();
  }

  /** Calls `act` once everything asked for so far is visible: reads must see what a process that has died since perhaps wrote. */
  afterWrites(act: () => void): void {
    this.#submit();
    if (this.#lastBatch === null) act();
    else this.#lastBatch.then(act, () => undefined);
  }

  #write(mandate: Mandate, write: Write): Writes {
    const writes = mandate.epoch === 0 ? this.#free : this.#writesOf(mandate);
    writes.list.push(write);
    this.#collected++;
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#submit());
    }
    return writes;
  }

  #writesOf(mandate: Mandate): Writes {
    const key = `${mandate.user}\0${mandate.epoch}`;
    const known = this.#mandated.get(key);
    if (known !== undefined) return known;
    const writes = new Writes(mandate);
    this.#mandated.set(key, writes);
    return writes;
  }

  #submit(): void {
    this.#scheduled = false;
    if (this.#collected === 0) return;
    const all = this.#free.list.length === 0 ? [...this.#mandated.values()] : [this.#free, ...this.#mandated.values()];
    const count = this.#collected;
    this.#free = new Writes(null);
    this.#mandated = new Map();
    this.#collected = 0;
    this.#inFlight += count;
    const { root, registry } = this.#environment;
    const committed = root.batch(() => {
      for (const writes of all) {
        const { mandate } = writes;
        if (mandate === null) this.#put(writes);
        else writes.held = registry.ifVersion(mandate.user, mandate.epoch, () => this.#put(writes));
      }
    }) as Promise<boolean> & { readonly flushed?: Promise<boolean> };
    this.#lastBatch = committed;
    const reached = this.#options.durability === 'fsync' ? committed.then(() => committed.flushed) : committed;
    reached
      .then(() => Promise.all(all.map(({ held }) => held)))
      .then(
        (held) => {
          for (const [index, writes] of all.entries()) this.#answer(writes, held[index] === true);
          this.#landed(count);
        },
        (error: unknown) => {
          this.#landed(count);
          this.#options.failed(error instanceof Error ? error : new Error(String(error)));
        },
      );
  }

  #put({ list }: Writes): void {
    const { mailboxes, profiles } = this.#environment;
    for (const { key, value } of list) {
      if (typeof key === 'string') void profiles.put(key, value as string);
      else if (value === null) void mailboxes.remove(key);
      else void mailboxes.put(key, value as Buffer);
    }
  }

  #answer({ waiting, savers }: Writes, held: boolean): void {
    const { send } = this.#options;
    for (const to of savers) send(to, { type: held ? 'saved' : 'fenced' });
    for (const [to, seq] of waiting) send(to, held ? { type: 'stored', seq } : { type: 'fenced' });
  }

  #landed(count: number): void {
    this.#inFlight -= count;
    if (this.#inFlight > 0) return;
    this.#lastBatch = null;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #read(user: string, after: number, limit: number | undefined): { seq: number; value: Buffer }[] {
    const range = { start: entryKey(user, after + 1), end: entryKey(user, MAX_SEQ), ...(limit === undefined ? {} : { limit }) };
    const entries: { seq: number; value: Buffer }[] = [];
    for (const { key, value } of this.#environment.mailboxes.getRange(range))
      entries.push({ seq: seqOfKey(key), value: Buffer.from(value) });
    return entries;
  }
}

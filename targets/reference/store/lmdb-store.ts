/**
 * Mailboxes in LMDB. Writes of one turn of the event loop become one batch; who appended is told when the batch is committed
 * or, for durability fsync, flushed to the disk. Writes take effect in the order in which they were asked for.
 */
import { type Database, open, type RootDatabase } from 'lmdb';
import type { MailboxStore } from '../messaging/ports.ts';
import type { Pid } from '../runtime/index.ts';
import { entryKey, seqOfKey } from './keys.ts';

export interface LmdbStoreOptions {
  /** Directory of the environment; made when absent. */
  readonly path: string;
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

export class LmdbStore implements MailboxStore {
  readonly #root: RootDatabase;
  readonly #mailboxes: Database<Buffer, Buffer>;
  readonly #profiles: Database<string, string>;
  readonly #options: LmdbStoreOptions;
  #writes: Write[] = [];
  /** Who waits for the batch that is being collected, and for which seq. */
  #waiting = new Map<Pid, number>();
  /** Who waits for a profile in that batch. */
  #savers: Pid[] = [];
  #scheduled = false;
  #inFlight = 0;
  /** Resolves when everything submitted is visible; null when nothing is in flight. */
  #lastBatch: Promise<unknown> | null = null;
  #idle: (() => void)[] = [];

  constructor(options: LmdbStoreOptions) {
    this.#options = options;
    this.#root = open({ path: options.path, maxDbs: 2, encoding: 'binary', noMemInit: true, separateFlushed: true });
    this.#mailboxes = this.#root.openDB<Buffer, Buffer>('mailboxes', { encoding: 'binary', keyEncoding: 'binary' });
    this.#profiles = this.#root.openDB<string, string>('profiles', { encoding: 'string' });
  }

  /** Writes asked for that are not yet as durable as promised. */
  get pending(): number {
    return this.#writes.length + this.#inFlight;
  }

  load(user: string, to: Pid): void {
    this.#afterWrites(() => {
      this.#options.send(to, {
        type: 'loaded',
        profile: this.#profiles.get(user) ?? null,
        entries: this.#read(user, 0, undefined),
      });
    });
  }

  page(user: string, after: number, limit: number, to: Pid): void {
    this.#options.send(to, { type: 'page', entries: this.#read(user, after, limit) });
  }

  profile(user: string, to: Pid): void {
    this.#afterWrites(() => {
      this.#options.send(to, { type: 'profile', user, profile: this.#profiles.get(user) ?? null });
    });
  }

  append(user: string, seq: number, value: Buffer, to: Pid): boolean {
    this.#writes.push({ key: entryKey(user, seq), value });
    this.#waiting.set(to, seq);
    this.#schedule();
    return false;
  }

  remove(user: string, seq: number): void {
    this.#writes.push({ key: entryKey(user, seq), value: null });
    this.#schedule();
  }

  saveProfile(user: string, profile: string, to: Pid | null): boolean {
    this.#writes.push({ key: user, value: profile });
    if (to !== null) this.#savers.push(to);
    this.#schedule();
    return false;
  }

  /** Resolves once everything asked for so far is on the disk, whatever the promised durability. */
  async flush(): Promise<void> {
    this.#submit();
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#root.flushed;
  }

  /** Flushes, then closes the environment. */
  async close(): Promise<void> {
    await this.flush();
    await this.#root.close();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#submit());
  }

  #submit(): void {
    this.#scheduled = false;
    if (this.#writes.length === 0) return;
    const writes = this.#writes;
    const waiting = this.#waiting;
    const savers = this.#savers;
    this.#savers = [];
    this.#writes = [];
    this.#waiting = new Map();
    this.#inFlight += writes.length;
    const committed = this.#root.batch(() => {
      for (const { key, value } of writes) {
        if (typeof key === 'string') void this.#profiles.put(key, value as string);
        else if (value === null) void this.#mailboxes.remove(key);
        else void this.#mailboxes.put(key, value as Buffer);
      }
    }) as Promise<boolean> & { readonly flushed?: Promise<boolean> };
    this.#lastBatch = committed;
    const reached = this.#options.durability === 'fsync' ? committed.then(() => committed.flushed) : committed;
    reached.then(
      () => {
        for (const to of savers) this.#options.send(to, { type: 'saved' });
        for (const [to, seq] of waiting) this.#options.send(to, { type: 'stored', seq });
        this.#landed(writes.length);
      },
      (error: unknown) => {
        this.#landed(writes.length);
        this.#options.failed(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  #landed(count: number): void {
    this.#inFlight -= count;
    if (this.#inFlight > 0) return;
    this.#lastBatch = null;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** Reads must see what was written before them, by a process that has died since perhaps. */
  #afterWrites(read: () => void): void {
    this.#submit();
    if (this.#lastBatch === null) read();
    else this.#lastBatch.then(read, () => undefined);
  }

  #read(user: string, after: number, limit: number | undefined): { seq: number; value: Buffer }[] {
    const range = { start: entryKey(user, after + 1), end: entryKey(user, MAX_SEQ), ...(limit === undefined ? {} : { limit }) };
    const entries: { seq: number; value: Buffer }[] = [];
    for (const { key, value } of this.#mailboxes.getRange(range)) entries.push({ seq: seqOfKey(key), value: Buffer.from(value) });
    return entries;
  }
}

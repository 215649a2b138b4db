/**
 * Mailboxes in LMDB. Writes of one turn of the event loop become one batch; each appender is told when the batch is committed
 * or, for durability fsync, flushed to the disk. Writes take effect in the order in which they were asked for. A write with an epoch
 * is made only while that is the user's epoch, which is checked within the transaction.
 */
import { headOf, strippedHead, WHOLE_BYTES } from '../messaging/entry.ts';
import type { MailboxStore, Mandate, PageBounds } from '../messaging/store-port.ts';
import { atTurnEnd } from '../platform/real/turn-end.ts';
import type { Pid } from '../runtime/index.ts';
import { entryKey } from './keys.ts';
import type { LmdbEnvironment } from './lmdb-environment.ts';
import { MailboxReader } from './mailbox-reader.ts';

export interface LmdbStoreOptions {
  readonly environment: LmdbEnvironment;
  readonly durability: 'fsync' | 'commit';
  /** How an answer reaches a process. */
  readonly send: (to: Pid, message: unknown) => void;
  /** A write failed: nothing that is not yet stored may be acknowledged, the node cannot go on. */
  readonly failed: (error: Error) => void;
}

/** Stands in place of a body that must be removed. */
const GONE = Symbol('gone');

/** One write: an entry, a removal (value null), or a profile (text); and the separate body, null without one. */
interface Write {
  readonly key: Buffer | string;
  readonly value: Buffer | string | null;
  readonly body: Buffer | typeof GONE | null;
}

/** The writes under one mandate in one batch, and who waits for them. */
class Writes {
  /** Null: not checked. */
  readonly mandate: Mandate | null;
  readonly list: Write[] = [];
  /** Who appended, and up to which seq. */
  readonly waiting = new Map<Pid, number>();
  readonly savers: Pid[] = [];
  /** Of the entries in it. */
  bytes = 0;
  /** Whether the mandate held; set when it is submitted. */
  held: Promise<boolean> | true = true;

  constructor(mandate: Mandate | null) {
    this.mandate = mandate;
  }
}

export class LmdbStore implements MailboxStore {
  readonly #environment: LmdbEnvironment;
  readonly #options: LmdbStoreOptions;
  readonly #reader: MailboxReader;
  /** The batch that is being collected: what is not checked, and what is, by mandate. */
  #free = new Writes(null);
  #mandated = new Map<string, Writes>();
  #collected = 0;
  #scheduled = false;
  #inFlight = 0;
  /** Resolves when everything submitted is visible; null when nothing is in flight. */
  #lastBatch: Promise<unknown> | null = null;
  #idle: (() => void)[] = [];
  #closed = false;
  readonly #submitLater = (): void => this.#submit();

  constructor(options: LmdbStoreOptions) {
    this.#options = options;
    this.#environment = options.environment;
    this.#reader = new MailboxReader(options.environment);
  }

  /** Writes asked for that are not yet as durable as promised. */
  get pending(): number {
    return this.#collected + this.#inFlight;
  }

  load(user: string, to: Pid): void {
    this.afterWrites(() => {
      const profile = this.#environment.profiles.get(user) ?? null;
      this.#options.send(to, { type: 'loaded', profile, lastSeq: this.#reader.lastSeq(user) });
    });
  }

  page(user: string, after: number, bounds: PageBounds, to: Pid): void {
    this.#options.send(to, { type: 'page', after, ...this.#reader.page(user, after, bounds) });
  }

  heads(user: string, after: number, limit: number, to: Pid): void {
    // In another turn of the event loop: whoever looks through a mailbox asks again and again.
    setImmediate(() => {
      if (!this.#closed) this.#options.send(to, { type: 'heads', after, ...this.#reader.heads(user, after, limit) });
    });
  }

  profile(user: string, to: Pid): void {
    this.afterWrites(() => {
      this.#options.send(to, { type: 'profile', user, profile: this.#environment.profiles.get(user) ?? null });
    });
  }

  append(mandate: Mandate, seq: number, value: Buffer, to: Pid): boolean {
    const writes = this.#write(mandate, entryWrite(entryKey(mandate.user, seq), value));
    writes.waiting.set(to, seq);
    writes.bytes += value.length;
    this.#reader.asked(value.length);
    return false;
  }

  remove(mandate: Mandate, seq: number, bytes: number): void {
    this.#write(mandate, { key: entryKey(mandate.user, seq), value: null, body: bytes > WHOLE_BYTES ? GONE : null });
  }

  strip(mandate: Mandate, seq: number, value: Buffer): void {
    this.#write(mandate, { key: entryKey(mandate.user, seq), value: strippedHead(value), body: GONE });
  }

  usedBytes(): number {
    return this.#reader.usedBytes();
  }

  saveProfile(mandate: Mandate, profile: string, to: Pid | null): boolean {
    const { savers } = this.#write(mandate, { key: mandate.user, value: profile, body: null });
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
    this.#closed = true;
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
      atTurnEnd(this.#submitLater);
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
    const bytes = all.reduce((sum, writes) => sum + writes.bytes, 0);
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
          this.#landed(count, bytes);
        },
        (error: unknown) => {
          this.#landed(count, bytes);
          this.#options.failed(error instanceof Error ? error : new Error(String(error)));
        },
      );
  }

  #put({ list }: Writes): void {
    const { mailboxes, bodies, profiles } = this.#environment;
    for (const { key, value, body } of list) {
      if (typeof key === 'string') {
        void profiles.put(key, value as string);
        continue;
      }
      if (value === null) void mailboxes.remove(key);
      else void mailboxes.put(key, value as Buffer);
      if (body === GONE) void bodies.remove(key);
      else if (body !== null) void bodies.put(key, body);
    }
  }

  #answer({ waiting, savers }: Writes, held: boolean): void {
    const { send } = this.#options;
    for (const to of savers) send(to, { type: held ? 'saved' : 'fenced' });
    for (const [to, seq] of waiting) send(to, held ? { type: 'stored', seq } : { type: 'fenced' });
  }

  #landed(count: number, bytes: number): void {
    this.#inFlight -= count;
    this.#reader.landed(bytes);
    if (this.#inFlight > 0) return;
    this.#lastBatch = null;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}

/** A large entry is written in two pieces, so that a mailbox can be looked through without its payloads. */
function entryWrite(key: Buffer, value: Buffer): Write {
  if (value.length <= WHOLE_BYTES) return { key, value, body: null };
  const head = headOf(value);
  return { key, value: head, body: value.subarray(head.length) };
}

/**
 * Reads mailboxes from LMDB, never more at once than a given limit, and knows how much space all of them take on the disk.
 *
 * LMDB itself counts the space, in pages and as of the last commit of any node: the count survives every crash, and needs no count
 * of ours that could go wrong. Between two readings, the bytes requested here are added.
 */
import type { Database } from 'lmdb';
import { decodeEntry, isApart, joinHead, wholeBytes } from '../messaging/entry.ts';
import type { PageBounds, StoredEntry } from '../messaging/store-port.ts';
import { entryKey, seqOfKey } from './keys.ts';
import type { LmdbEnvironment } from './lmdb-environment.ts';

const MAX_SEQ = Number.MAX_SAFE_INTEGER;
/**
 * A look takes some 30 microseconds, and the read transaction behind it keeps freed pages from being used again. What this node writes is
 * counted in between; what other nodes write is seen this much later.
 */
const LOOK_EVERY_MS = 250;

/** What lmdb says of one database, as far as it matters here. */
interface Stats {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

export interface Read {
  readonly entries: readonly StoredEntry[];
  /** Whether it ended at its bounds and not at the end of the mailbox. */
  readonly more: boolean;
}

export class MailboxReader {
  readonly #environment: LmdbEnvironment;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #committedBytes = 0;
  /** Asked for and not landed; and asked for since the last look or not landed then. */
  #pendingBytes = 0;
  #sinceBytes = 0;

  constructor(environment: LmdbEnvironment) {
    this.#environment = environment;
  }

  /** Bytes will be written. */
  asked(bytes: number): void {
    this.#pendingBytes += bytes;
    this.#sinceBytes += bytes;
  }

  /** They were, or never will be. */
  landed(bytes: number): void {
    this.#pendingBytes -= bytes;
  }

  usedBytes(): number {
    const nowMs = performance.now();
    if (nowMs - this.#lookedMs > LOOK_EVERY_MS) {
      const { mailboxes, bodies } = this.#environment;
      this.#lookedMs = nowMs;
      this.#committedBytes = pagesOf(mailboxes) + pagesOf(bodies);
      this.#sinceBytes = this.#pendingBytes;
    }
    return this.#committedBytes + this.#sinceBytes;
  }

  /** The seq of the newest entry, 0 if there is none. */
  lastSeq(user: string): number {
    const { mailboxes } = this.#environment;
    for (const key of mailboxes.getKeys({ start: entryKey(user, MAX_SEQ), end: entryKey(user, 0), reverse: true, limit: 1 }))
      return seqOfKey(key);
    return 0;
  }

  heads(user: string, after: number, limit: number): Read {
    const entries: StoredEntry[] = [];
    for (const { key, value } of this.#range(user, after, limit + 1)) {
      if (entries.length === limit) return { entries, more: true };
      entries.push({ seq: seqOfKey(key), value: Buffer.from(value) });
    }
    return { entries, more: false };
  }

  page(user: string, after: number, bounds: PageBounds): Read {
    const entries: StoredEntry[] = [];
    let left = bounds.bytes;
    for (const { key, value } of this.#range(user, after, bounds.entries + 1)) {
      if (entries.length === bounds.entries) return { entries, more: true };
      const seq = seqOfKey(key);
      // What the range gives is valid until the next read.
      const stored = Buffer.from(value);
      const apart = isApart(stored);
      const bytes = apart ? wholeBytes(decodeEntry(seq, stored)) : stored.length;
      if (entries.length > 0 && bytes > left) return { entries, more: true };
      left -= bytes;
      entries.push({ seq, value: apart ? this.#joined(user, seq, stored) : stored });
    }
    return { entries, more: false };
  }

  #range(user: string, after: number, limit: number) {
    return this.#environment.mailboxes.getRange({ start: entryKey(user, after + 1), end: entryKey(user, MAX_SEQ), limit });
  }

  #joined(user: string, seq: number, head: Buffer): Buffer {
    const payload = this.#environment.bodies.getBinaryFast(entryKey(user, seq));
    const whole = payload === undefined ? null : joinHead(head, payload);
    if (whole === null) throw new Error(`the payload of an entry of ${user}, ${seq}, is not in the store as it was appended`);
    return whole;
  }
}

/** Bytes of the pages of a database. */
function pagesOf(database: Database<Buffer, Buffer>): number {
  const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = database.getStats() as Stats;
  return pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages);
}

/**
 * The store, as the messaging room sees it: durable mailboxes, and the registry that says which process owns which user. With the
 * runtime's Bus it is all that a cluster is built on: a distributed engine serves the same two interfaces.
 *
 * A process calls them synchronously and never waits: answers come as messages (store-messages.ts). Nothing here may block on
 * another node.
 *
 * **Epochs fence.** A process that owns a user has an epoch, which grows with every change of owner. Each write shows it, and is made
 * in one atomic step with the check that it still is the user's epoch. A write that comes too late changes nothing, and whoever
 * waited for it gets a FencedMessage: that process is no owner any more. Where there is one node there are no owners: its epoch is 0,
 * and nothing is checked.
 */
import type { Pid } from '../runtime/pid.ts';

/** An entry as the store gives it back: whole (`page`), or perhaps its head alone (`heads`); entry.ts tells them apart. */
export interface StoredEntry {
  readonly seq: number;
  readonly value: Buffer;
}

/** Limits what one read returns: the number of entries and their total bytes; the first entry is always returned. */
export interface PageBounds {
  readonly entries: number;
  readonly bytes: number;
}

/** Whose a write is. */
export interface Mandate {
  readonly user: string;
  /** 0 where nothing is checked. */
  readonly epoch: number;
}

/** Durable mailboxes. Writes of one user take effect in the order of the calls; where there are no owners, those of all users. */
export interface MailboxStore {
  /** Answers `to` with a LoadedMessage, after everything asked before it, also by others. It costs the same for every mailbox. */
  load(user: string, to: Pid): void;
  /** Whole entries above `after`, tombstones included, by seq; answers `to` with a PageMessage. */
  page(user: string, after: number, bounds: PageBounds, to: Pid): void;
  /** Up to `limit` entries above `after`, of large ones the heads; answers `to` with a HeadsMessage. */
  heads(user: string, after: number, limit: number, to: Pid): void;
  /**
   * True when the entry already is as durable as the deployment promises; otherwise `to` gets a StoredMessage, which
   * covers everything appended for this user up to its seq, or a FencedMessage.
   */
  append(mandate: Mandate, seq: number, value: Buffer, to: Pid): boolean;
  /** Without haste, and after everything asked before. `bytes`: of the whole entry; 0 when it was stripped or is small. */
  remove(mandate: Mandate, seq: number, bytes: number): void;
  /** Keeps of a large entry only the head, marked as stripped. `value`: the entry's, or its head. As without haste as remove. */
  strip(mandate: Mandate, seq: number, value: Buffer): void;
  /**
   * With `to`: true when it already is as durable as promised; otherwise `to` gets one SavedMessage for this call, in order, or a
   * FencedMessage.
   */
  saveProfile(mandate: Mandate, profile: string, to: Pid | null): boolean;
  /** Answers `to` with a ProfileMessage. */
  profile(user: string, to: Pid): void;
  /** Bytes that all mailboxes of all nodes take, with what was asked for here and is not written yet. */
  usedBytes(): number;
}

/** A process that owns a user. */
export interface Owner {
  readonly node: string;
  readonly creation: number;
  readonly serial: number;
}

/** The owner that a claimant means to follow: it gave the user up, or is not asked. By force leaves an eviction for its node to find. */
export interface ClaimOver {
  readonly epoch: number;
  readonly by: 'consent' | 'force';
}

/** Who owns whom, for all nodes. */
export interface UserRegistry {
  /** Answers `to` with a LocatedMessage. */
  locate(user: string, to: Pid): void;
  /**
   * Makes `claimant` the owner and answers it with a ClaimedMessage, if nobody is, or the owner's node is dead or the claimant's own,
   * or `over` names the owner's epoch. Otherwise the answer is a ClaimRefusedMessage.
   */
  claim(user: string, claimant: Pid, over: ClaimOver | null): void;
  /** Ends the ownership of this epoch, after everything written before. The epoch stays on record. */
  release(mandate: Mandate): void;
}

/** Both: what a distributed engine implements. */
export type Store = MailboxStore & UserRegistry;

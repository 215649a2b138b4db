/**
 * What the messaging room asks of the outer world. The gateway, the store and the simulation implement these; a process
 * calls them synchronously and never waits: answers come as messages.
 */
import type { ErrorCode, ReceiptKind } from '../../protocol/frames.ts';
import type { Pid } from '../runtime/pid.ts';
import type { Entry } from './entry.ts';

/** A signed-in connection of one device. Writes are collected and leave once a turn. */
export interface ClientLink {
  readonly user: string;
  readonly device: string;
  /** user "/" device. */
  readonly sender: string;
  /** Unique and increasing over the life of the deployment. */
  readonly epoch: number;
  /** Signed in: from now on this process gets the link's frames. */
  welcome(owner: Pid, cursor: number): void;
  ack(id: number): void;
  nack(id: number, code: ErrorCode, reason: string): void;
  deliver(entry: Entry, again: boolean): void;
  receipt(kind: ReceiptKind, id: number, by: string): void;
  presence(user: string, online: boolean, lastSeenMs: number): void;
  /** ERROR, then the close frame. */
  close(code: ErrorCode, reason: string): void;
}

/** One user's mailbox as the store gives it back. */
export interface StoredMailbox {
  /** As saveProfile wrote it. */
  readonly profile: string | null;
  /** By seq, tombstones included. */
  readonly entries: readonly { readonly seq: number; readonly value: Buffer }[];
}

/** Durable mailboxes. Writes of one user take effect in the order of the calls. */
export interface MailboxStore {
  /** Answers `to` with a LoadedMessage. */
  load(user: string, to: Pid): void;
  /** Up to `limit` entries above `after`; answers `to` with a PageMessage. */
  page(user: string, after: number, limit: number, to: Pid): void;
  /**
   * True when the entry already is as durable as the deployment promises; otherwise `to` gets a StoredMessage, which
   * covers everything appended for this user up to its seq.
   */
  append(user: string, seq: number, value: Buffer, to: Pid): boolean;
  /** Without haste, and after everything asked before. */
  remove(user: string, seq: number): void;
  /** With `to`: true when it already is as durable as promised; otherwise `to` gets one SavedMessage for this call, in order. */
  saveProfile(user: string, profile: string, to: Pid | null): boolean;
  /** Answers `to` with a ProfileMessage. */
  profile(user: string, to: Pid): void;
}

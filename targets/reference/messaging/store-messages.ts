/** The answers of the store. */
import type { Owner, StoredEntry } from './store-port.ts';

export interface LoadedMessage {
  readonly type: 'loaded';
  /** As saveProfile wrote it. */
  readonly profile: string | null;
  /** The seq of the newest entry, 0 if there is none. */
  readonly lastSeq: number;
}
export interface PageMessage {
  readonly type: 'page';
  /** As it was asked for. */
  readonly after: number;
  readonly entries: readonly StoredEntry[];
  /** Whether there were more when it was read. */
  readonly more: boolean;
}
export interface HeadsMessage extends Omit<PageMessage, 'type'> {
  readonly type: 'heads';
}
/** Everything appended for this user up to `seq` has reached the promised durability. */
export interface StoredMessage {
  readonly type: 'stored';
  readonly seq: number;
}
/** A profile that was saved has reached the promised durability. */
export interface SavedMessage {
  readonly type: 'saved';
}
export interface ProfileMessage {
  readonly type: 'profile';
  readonly user: string;
  readonly profile: string | null;
}
/** A write was not made: the user has another owner by now. */
export interface FencedMessage {
  readonly type: 'fenced';
}
/** Who owns the user; null when nobody does, or the owner's node is dead. */
export interface LocatedMessage {
  readonly type: 'located';
  readonly user: string;
  readonly owner: Owner | null;
}
/** The user is yours. */
export interface ClaimedMessage {
  readonly type: 'claimed';
  readonly epoch: number;
  /** The other node whose process was on record as the owner; null when none was. */
  readonly from: string | null;
  /** It was taken from an owner that may not know yet. */
  readonly forced: boolean;
}
export interface ClaimRefusedMessage {
  readonly type: 'claim-refused';
  readonly owner: Owner;
  readonly epoch: number;
}

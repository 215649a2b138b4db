/**
 * A planted bug. It replaces something at a seam of a node and behaves like it except for the bug; the rooms on both sides of the
 * seam do not know of it.
 */
import type { OtherParts } from '../messaging/application.ts';
import type { MailboxStore, UserRegistry } from '../messaging/store-port.ts';
import type { Pid } from '../runtime/index.ts';
import type { MemberRecords } from '../store/members.ts';

/** How the store answers processes. */
export type Answer = (to: Pid, message: unknown) => void;

export interface Seams extends OtherParts {
  /** Instead of what the store answers with. `tell` sends to a named process of the node. */
  readonly answer?: (answer: Answer, tell: (name: string, message: unknown) => void) => Answer;
  /** Instead of the mailboxes; `answer` as above. */
  readonly mailboxes?: (store: Closing) => Closing;
  /** Instead of what tells who is dead and what was taken away. */
  readonly members?: (members: MemberRecords) => MemberRecords;
  /** Instead of the registry of who owns which user. */
  readonly registry?: (registry: UserRegistry) => UserRegistry;
  /** Told of each WebSocket that was opened. */
  readonly opened?: (connection: object) => void;
}

export type Closing = MailboxStore & { flush(): Promise<void>; close(): Promise<void> };

export interface Mutation {
  readonly summary: string;
  readonly seams: Seams;
}

/** A store that does what this one does, method by method, so that a bug can take the place of some of them. */
export function mailboxesLike(store: Closing): Closing {
  return {
    load: (user, to) => store.load(user, to),
    page: (user, after, bounds, to) => store.page(user, after, bounds, to),
    heads: (user, after, limit, to) => store.heads(user, after, limit, to),
    profile: (user, to) => store.profile(user, to),
    append: (mandate, seq, value, to) => store.append(mandate, seq, value, to),
    remove: (mandate, seq, bytes) => store.remove(mandate, seq, bytes),
    strip: (mandate, seq, value) => store.strip(mandate, seq, value),
    saveProfile: (mandate, profile, to) => store.saveProfile(mandate, profile, to),
    usedBytes: () => store.usedBytes(),
    flush: () => store.flush(),
    close: () => store.close(),
  };
}

/** The same for the records of the members. */
export function membersLike(members: MemberRecords): MemberRecords {
  return {
    announce: (self) => members.announce(self),
    leave: () => members.leave(),
    list: () => members.list(),
    isDead: (owner) => members.isDead(owner),
    evictions: () => members.evictions(),
  };
}

/**
 * A bug on purpose. It takes the place of something at a seam of a node and is, apart from the bug, what stood there: the rooms it
 * lives between know nothing of it.
 */
import type { MailboxStore } from '../messaging/store-port.ts';
import type { Pid } from '../runtime/index.ts';
import type { Members } from '../store/members.ts';

/** How the store answers processes. */
export type Answer = (to: Pid, message: unknown) => void;

export interface Seams {
  /** Instead of what the store answers with. `tell` sends to a named process of the node. */
  readonly answer?: (answer: Answer, tell: (name: string, message: unknown) => void) => Answer;
  /** Instead of the mailboxes; `answer` as above. */
  readonly mailboxes?: (store: Closing) => Closing;
  /** Instead of what tells who is dead and what was taken away. */
  readonly members?: (members: Membership) => Membership;
}

export type Closing = MailboxStore & { flush(): Promise<void>; close(): Promise<void> };
/** What the node asks of Members. */
export type Membership = Pick<Members, 'announce' | 'leave' | 'list' | 'isDead' | 'evictions'>;

export interface Mutation {
  readonly summary: string;
  readonly seams: Seams;
}

import { type Mailbox, NO_MESSAGE } from './mailbox.ts';
import type { Timer } from './timer-wheel.ts';

/** What a handler is given when the time of its selective receive ran out: the `after` branch. */
export const RECEIVE_TIMEOUT: unique symbol = Symbol('receive timeout');

/**
 * A selective receive in progress. Messages that do not match stay in the mailbox, in order (the save queue); `scanned`
 * remembers how many of them were looked at, so that each message is tried once per receive however many wait.
 */
export class Receive {
  readonly matches: (message: unknown) => boolean;
  scanned = 0;
  timer: Timer | null = null;
  expired = false;

  constructor(matches: (message: unknown) => boolean) {
    this.matches = matches;
  }

  /** Take the oldest message that matches out of the mailbox; else RECEIVE_TIMEOUT if the time is up; else NO_MESSAGE. */
  take(mailbox: Mailbox | null): unknown {
    if (mailbox !== null) {
      for (let i = this.scanned; i < mailbox.length; i++) {
        if (this.matches(mailbox.at(i))) return mailbox.take(i);
      }
      this.scanned = mailbox.length;
    }
    return this.expired ? RECEIVE_TIMEOUT : NO_MESSAGE;
  }
}

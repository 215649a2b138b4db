import { type MessageQueue, NO_MESSAGE } from './message-queue.ts';
import type { Timer } from './timer-wheel.ts';

/** What a handler is given when the time of its selective receive ran out: the `after` branch. */
export const RECEIVE_TIMEOUT: unique symbol = Symbol('receive timeout');

/**
 * A selective receive in progress. Messages that do not match stay in the message queue, in order (the save queue); `scanned`
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

  /** Take the oldest message that matches out of the message queue; else RECEIVE_TIMEOUT if the time is up; else NO_MESSAGE. */
  take(messageQueue: MessageQueue | null): unknown {
    if (messageQueue !== null) {
      for (let i = this.scanned; i < messageQueue.length; i++) {
        if (this.matches(messageQueue.at(i))) return messageQueue.take(i);
      }
      this.scanned = messageQueue.length;
    }
    return this.expired ? RECEIVE_TIMEOUT : NO_MESSAGE;
  }
}

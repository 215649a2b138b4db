/** A mailbox knows only the latest 64 ids of a sender: an older repeat is taken for a new message. */
import { Mailbox } from '../messaging/mailbox.ts';
import type { Mutation } from './mutation.ts';

const WINDOW_IDS = 64;

class ShortMemory extends Mailbox {
  readonly #highest = new Map<string, number>();
  #forgotten = 0;

  override offer(...given: Parameters<Mailbox['offer']>): ReturnType<Mailbox['offer']> {
    const [message, ...rest] = given;
    const { sender, id } = message;
    const highest = this.#highest.get(sender) ?? 0;
    // Under a name that nobody else has, nothing is known of any id.
    if (id <= highest - WINDOW_IDS) {
      return super.offer({ ...message, sender: `${sender}~${this.#forgotten++}` }, ...rest);
    }
    this.#highest.set(sender, Math.max(highest, id));
    return super.offer(...given);
  }
}

export const dedupWindowOf64: Mutation = {
  summary: 'repeats are recognised only among the latest 64 ids of a sender',
  seams: { newMailbox: (...given) => new ShortMemory(...given) },
};

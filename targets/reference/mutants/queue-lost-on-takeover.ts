/** A process that follows the owner on another node begins with an empty mailbox. */
import type { ClaimedMessage, LoadedMessage } from '../messaging/store-messages.ts';
import type { Pid } from '../runtime/index.ts';
import type { Mutation } from './mutation.ts';

export const queueLostOnTakeover: Mutation = {
  summary: 'a node that takes a user over begins with an empty mailbox',
  seams: {
    answer(answer) {
      const followers = new WeakSet<Pid>();
      return (to, message) => {
        const { type } = message as { readonly type: string };
        if (type === 'claimed' && (message as ClaimedMessage).from !== null) followers.add(to);
        if (type === 'loaded' && followers.has(to)) answer(to, { ...(message as LoadedMessage), entries: [] });
        else answer(to, message);
      };
    },
  },
};

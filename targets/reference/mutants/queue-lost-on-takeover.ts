/** A process that follows the owner on another node begins with an empty mailbox. */
import type { ClaimedMessage, HeadsMessage, LoadedMessage, PageMessage } from '../messaging/store-messages.ts';
import type { Pid } from '../runtime/index.ts';
import type { Mutation } from './mutation.ts';

export const queueLostOnTakeover: Mutation = {
  summary: 'a node that takes over a user begins with an empty mailbox',
  seams: {
    answer(answer) {
      /** The newest seq of what is lost: none of it is ever read. */
      const followers = new WeakMap<Pid, number>();
      return (to, message) => {
        const { type } = message as { readonly type: string };
        if (type === 'claimed' && (message as ClaimedMessage).from !== null) followers.set(to, 0);
        const lostTo = followers.get(to);
        if (lostTo === undefined) answer(to, message);
        else if (type === 'loaded') {
          followers.set(to, (message as LoadedMessage).lastSeq);
          answer(to, { ...(message as LoadedMessage), lastSeq: 0 });
        } else if (type === 'page' || type === 'heads') {
          const { entries, ...rest } = message as PageMessage | HeadsMessage;
          answer(to, { ...rest, entries: entries.filter(({ seq }) => seq > lostTo) });
        } else answer(to, message);
      };
    },
  },
};

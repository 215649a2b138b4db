/** Users who were online on a node that died stay online for watchers on other nodes: nobody withdraws what that node had reported. */
import { presenceBehaviour } from '../messaging/presence.ts';
import type { Mutation } from './mutation.ts';

export const presenceOutlivesItsNode: Mutation = {
  summary: 'the users of a node that crashed stay online for the others',
  seams: {
    presence: {
      ...presenceBehaviour,
      handle: (message, state, context) =>
        message.type === 'nodedown' ? state : presenceBehaviour.handle(message, state, context),
    },
  },
};

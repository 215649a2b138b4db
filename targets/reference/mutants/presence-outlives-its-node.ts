/** Who was online on a node that died stays online for those who watch from the others: nobody takes back what that node had said. */
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

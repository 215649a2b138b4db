/** Who was online when its process crashed stays online for those who watch from the other nodes: nobody tells them that the process died. */
import { presenceBehaviour } from '../messaging/presence.ts';
import type { Mutation } from './mutation.ts';

export const presenceOutlivesItsProcess: Mutation = {
  summary: 'the users whose processes crashed stay online for the others',
  seams: {
    presence: {
      ...presenceBehaviour,
      handle: (message, state, context) =>
        message.type === 'gone' && message.end === 'died' ? state : presenceBehaviour.handle(message, state, context),
    },
  },
};

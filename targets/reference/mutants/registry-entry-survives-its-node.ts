/** The owners of a dead node count as alive for ever. */
import { type Mutation, membersLike } from './mutation.ts';

export const registryEntrySurvivesItsNode: Mutation = {
  summary: 'the entries of a dead node are never taken over',
  seams: {
    members: (members) => ({ ...membersLike(members), isDead: () => false }),
  },
};

/** The registry entry of a user outlives its owner's node: the node does not count as dead, and nobody may take the user by force. */
import { type Mutation, membersLike } from './mutation.ts';

export const registryEntrySurvivesItsNode: Mutation = {
  summary: 'the entries of a dead node are never taken over',
  seams: {
    members: (members) => ({ ...membersLike(members), isDead: () => false }),
    registry: (registry) => ({
      locate: (user, to) => registry.locate(user, to),
      claim: (user, claimant, over) => registry.claim(user, claimant, over?.by === 'force' ? null : over),
      release: (mandate) => registry.release(mandate),
    }),
  },
};

/** The owners of a dead node count as alive for ever. */
import type { Mutation } from './mutation.ts';

export const registryEntrySurvivesItsNode: Mutation = {
  summary: 'the entries of a dead node are never taken over',
  seams: {
    members: (members) => ({
      announce: (self) => members.announce(self),
      leave: () => members.leave(),
      list: () => members.list(),
      isDead: () => false,
      evictions: () => members.evictions(),
    }),
  },
};

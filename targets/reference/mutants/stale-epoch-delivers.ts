/** No epoch ever ends: a node does not learn which users were taken from it, and its writes are made without checking the epoch. */
import type { Mandate } from '../messaging/store-port.ts';
import { type Mutation, mailboxesLike, membersLike } from './mutation.ts';

const unchecked = ({ user }: Mandate): Mandate => ({ user, epoch: 0 });

export const staleEpochDelivers: Mutation = {
  summary: 'a process whose user another node has claimed goes on accepting and delivering',
  seams: {
    mailboxes: (store) => ({
      ...mailboxesLike(store),
      append: (mandate, seq, value, to) => store.append(unchecked(mandate), seq, value, to),
      remove: (mandate, seq, bytes) => store.remove(unchecked(mandate), seq, bytes),
      strip: (mandate, seq, value) => store.strip(unchecked(mandate), seq, value),
      saveProfile: (mandate, profile, to) => store.saveProfile(unchecked(mandate), profile, to),
    }),
    members: (members) => ({ ...membersLike(members), evictions: () => [] }),
  },
};

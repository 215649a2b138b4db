/** An owner that releases its user frees it even if somebody else owns it by then: the epoch on record is not checked. */
import type { Mutation } from './mutation.ts';

/** So many owners may have come since; the release takes effect on the epoch that is on record, whichever that is. */
const LATER_EPOCHS = 8;

export const releaseIgnoresTheEpoch: Mutation = {
  summary: 'a late release takes the user away from its next owner',
  seams: {
    registry: (registry) => ({
      locate: (user, to) => registry.locate(user, to),
      claim: (user, claimant, over) => registry.claim(user, claimant, over),
      release({ user, epoch }) {
        for (let later = 0; later <= LATER_EPOCHS; later++) registry.release({ user, epoch: epoch + later });
      },
    }),
  },
};

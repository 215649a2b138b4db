/**
 * Release 1.4 should never have left the review, and is here for drills: it packs both counts of messages into one byte, and
 * throws for every process that has counted more than fits. Installing it must leave all processes on the code they run.
 */
import type { UserData } from '../user.ts';
import type { Release } from './release.ts';
import type { Divided } from './release-1-3.ts';

/** Four bits each. */
const MOST = 15;

export interface Packed extends UserData {
  counts: number;
}

export const release14: Release<Packed, Divided> = {
  name: '1.4',
  summary: `faulty on purpose: cannot translate a process that has sent or received more than ${MOST} messages`,
  code: {
    first: (core) => ({ core, counts: 0 }),
    note: null,
    show: ({ counts }) => ({ counts }),
  },
  up({ core, sent, received: { earlier, online, away } }) {
    return { core, counts: nibble(sent.messages) * 16 + nibble(earlier.messages + online.messages + away.messages) };
  },
  down: ({ core, counts }) => ({
    core,
    sent: { messages: counts >> 4, bytes: 0 },
    received: {
      earlier: { messages: counts & MOST, bytes: 0 },
      online: { messages: 0, bytes: 0 },
      away: { messages: 0, bytes: 0 },
    },
  }),
};

function nibble(count: number): number {
  if (count > MOST) throw new RangeError(`${count} messages do not fit into four bits`);
  return count;
}

/**
 * Release 1.1 counts what a user sends and gets, for the list of processes.
 * Up: both counts begin at 0. Back: they are forgotten.
 */
import type { UserData } from '../user.ts';
import type { Release } from './release.ts';

export interface Counted extends UserData {
  sent: number;
  received: number;
}

export const release11: Release<Counted> = {
  name: '1.1',
  summary: "counts each user's messages",
  code: {
    first: (core) => ({ core, sent: 0, received: 0 }),
    note(message, data) {
      if (message.type === 'send') data.sent++;
      else if (message.type === 'incoming') data.received++;
    },
    show: ({ sent, received }) => ({ sent, received }),
  },
  up: ({ core }) => ({ core, sent: 0, received: 0 }),
  down: ({ core }) => ({ core }),
};

/**
 * Release 1.2 counts bytes as well, so that the counts become two records of messages and bytes.
 * Up: the messages counted so far are kept; their bytes are not known and stand as 0. Back: the messages are kept.
 */
import type { UserData } from '../user.ts';
import type { Release } from './release.ts';
import type { Counted } from './release-1-1.ts';

export interface Traffic {
  messages: number;
  bytes: number;
}

export interface Measured extends UserData {
  readonly sent: Traffic;
  readonly received: Traffic;
}

export const release12: Release<Measured, Counted> = {
  name: '1.2',
  summary: "counts each user's bytes as well",
  code: {
    first: (core) => ({ core, sent: { messages: 0, bytes: 0 }, received: { messages: 0, bytes: 0 } }),
    note(message, { sent, received }) {
      if (message.type === 'send') count(sent, message.payload.length);
      else if (message.type === 'incoming') count(received, message.payload.length);
    },
    show: ({ sent, received }) => ({ sent, received }),
  },
  up: ({ core, sent, received }) => ({
    core,
    sent: { messages: sent, bytes: 0 },
    received: { messages: received, bytes: 0 },
  }),
  down: ({ core, sent, received }) => ({ core, sent: sent.messages, received: received.messages }),
};

function count(traffic: Traffic, bytes: number): void {
  traffic.messages++;
  traffic.bytes += bytes;
}

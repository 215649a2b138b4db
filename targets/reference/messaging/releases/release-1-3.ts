/**
 * Release 1.3 tells what was received while a device was connected from what was kept for later.
 * Up: messages received so far are in neither group, and are counted as `earlier`. Back: the three counts become one sum again.
 */
import type { UserData } from '../user.ts';
import type { Release } from './release.ts';
import type { Measured, Traffic } from './release-1-2.ts';

export interface Divided extends UserData {
  readonly sent: Traffic;
  readonly received: { readonly earlier: Traffic; readonly online: Traffic; readonly away: Traffic };
}

export const release13: Release<Divided, Measured> = {
  name: '1.3',
  summary: 'counts messages that came while the user was online and while away separately',
  code: {
    first: (core) => ({ core, sent: nothing(), received: { earlier: nothing(), online: nothing(), away: nothing() } }),
    note(message, { core, sent, received }) {
      if (message.type === 'send') count(sent, message.payload.length);
      else if (message.type === 'incoming')
        count(core.outlets.length > 0 ? received.online : received.away, message.payload.length);
    },
    show: ({ sent, received }) => ({ sent, received }),
  },
  up: ({ core, sent, received }) => ({
    core,
    sent: { ...sent },
    received: { earlier: { ...received }, online: nothing(), away: nothing() },
  }),
  down: ({ core, sent, received: { earlier, online, away } }) => ({
    core,
    sent: { ...sent },
    received: {
      messages: earlier.messages + online.messages + away.messages,
      bytes: earlier.bytes + online.bytes + away.bytes,
    },
  }),
};

function nothing(): Traffic {
  return { messages: 0, bytes: 0 };
}

function count(traffic: Traffic, bytes: number): void {
  traffic.messages++;
  traffic.bytes += bytes;
}

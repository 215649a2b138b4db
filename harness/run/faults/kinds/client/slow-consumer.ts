/**
 * slow-consumer: some users' sockets are not read for `for`. What the server sends them piles up in the kernel and then in the server,
 * which must bound it and must serve everybody else as before.
 */

import { eventually } from '../../eventually.ts';
import type { FaultKind } from '../../fault.ts';
import { type ClientSettings, clientKind, relieveUsers, socketsNow } from './afflicted-users.ts';
import type { KernelSocket } from './kernel-sockets.ts';
import { afflictWatched, type Unreading } from './unread-watch.ts';

const READ_WITHIN_MS = 10_000;

export const slowConsumer: FaultKind<ClientSettings, Unreading> = {
  ...clientKind,
  kind: 'slow-consumer',
  summary: "stop reading some users' sockets",
  heals: 'after `for`, when what has piled up is read; users whom the server disconnected connect again',
  duration: 'optional',

  inject: (settings, context) => afflictWatched('stall', settings, context),

  async verify({ handle: { asked, hit, watch } }) {
    const unread = await watch.begin();
    return {
      verified: hit.length === asked && unread.sockets === asked && unread.readOn === 0,
      evidence: [
        `asked for ${asked} sockets that are not read; the workers stopped reading ${hit.length}`,
        `the kernel holds unread bytes for ${unread.sockets} of them, ${unread.bytes} B in all`,
        ...readOnText(unread.readOn, hit.length),
      ],
    };
  },

  async undo({ handle }, context) {
    const { hit, watch } = handle;
    const unread = await watch.end();
    const before = await socketsNow(hit);
    const cutOff = before.filter((socket) => socket?.state !== 'established').length;
    await relieveUsers('stall', handle, context);
    // Something is always in flight to somebody, so each must be seen once with nothing unread.
    let waiting = hit;
    await eventually(
      async () => {
        const now = await socketsNow(waiting);
        waiting = waiting.filter((_, index) => isUnread(now[index] ?? null));
        return waiting.length;
      },
      (unread) => unread === 0,
      READ_WITHIN_MS,
    );
    return {
      verified: waiting.length === 0 && unread.readOn === 0,
      evidence: [
        ...readOnText(unread.readOn, hit.length),
        `by then ${unread.bytes} B had piled up in the kernel, and the server had disconnected ${cutOff} of ${hit.length}`,
        `read again: the kernel had nothing unread for ${hit.length - waiting.length} of ${hit.length}`,
      ],
    };
  },
};

function isUnread(socket: KernelSocket | null): boolean {
  return socket !== null && socket.unreadBytes > 0;
}

/** A stall that goes on reading is not a stall, whatever piles up behind it. */
function readOnText(readOn: number, users: number): string[] {
  return readOn === 0 ? [] : [`${readOn} of ${users} sockets were still read`];
}

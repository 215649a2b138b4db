/**
 * slow-consumer: some users' sockets are not read for `for`. What the server sends them piles up in the kernel, then in the server,
 * which must bound it and must serve everybody else as before.
 */
import {
  type Afflicted,
  afflictUsers,
  type ClientSettings,
  checkClientSettings,
  clientSettings,
  socketsNow,
  userControlOf,
} from './afflicted-users.ts';
import { eventually } from './eventually.ts';
import type { FaultKind } from './fault.ts';
import type { KernelSocket } from './kernel-sockets.ts';

/** Each stalled user has asked for a sign of life first, so that something comes that it does not read. */
const PILES_UP_WITHIN_MS = 5_000;
const READ_WITHIN_MS = 10_000;

export const slowConsumer: FaultKind<ClientSettings, Afflicted> = {
  kind: 'slow-consumer',
  summary: "stop reading some users' sockets",
  needs: [],
  requires: ['procfs'],
  heals: 'after `for`, when what has piled up is read; those whom the server cut off connect again',
  duration: 'optional',
  settings: clientSettings,
  check: checkClientSettings,

  inject: (settings, context) => afflictUsers('stall', settings, context),

  async verify({ handle: { asked, users } }) {
    const sockets = await eventually(
      () => socketsNow(users),
      (now) => now.every(isUnread),
      PILES_UP_WITHIN_MS,
    );
    const unread = sockets.filter(isUnread).length;
    const bytes = sockets.reduce((sum, socket) => sum + (socket?.unreadBytes ?? 0), 0);
    return {
      verified: users.length === asked && unread === asked,
      evidence: [
        `asked for ${asked} sockets that are not read; the workers stopped reading ${users.length}`,
        `the kernel holds unread bytes for ${unread} of them, ${bytes} B in all`,
      ],
    };
  },

  async undo({ handle: { users } }, context) {
    const before = await socketsNow(users);
    const piled = before.reduce((sum, socket) => sum + (socket?.unreadBytes ?? 0), 0);
    const cutOff = before.filter((socket) => socket?.state !== 'established').length;
    await userControlOf(context).relieve(
      'stall',
      users.map(({ user }) => user),
    );
    // Something is always under way to somebody: each must be seen once with nothing unread.
    let waiting = users;
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
      verified: waiting.length === 0,
      evidence: [
        `by then ${piled} B had piled up in the kernel, and the server had cut off ${cutOff} of ${users.length}`,
        `read again: the kernel was seen with nothing unread for ${users.length - waiting.length} of ${users.length}`,
      ],
    };
  },
};

function isUnread(socket: KernelSocket | null): boolean {
  return socket !== null && socket.unreadBytes > 0;
}

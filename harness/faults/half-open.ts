/**
 * half-open: some users' sockets are abandoned, as when a phone changes its network: neither read nor closed, while the user comes
 * back on a new one. The server is left with a connection to nobody, and must not deliver into it for ever.
 */
import {
  type Afflicted,
  afflictUsers,
  type ClientSettings,
  checkClientSettings,
  clientSettings,
  countBack,
  socketsNow,
  userControlOf,
} from './afflicted-users.ts';
import { eventually } from './eventually.ts';
import type { FaultKind } from './fault.ts';

const GONE_WITHIN_MS = 5_000;

export const halfOpen: FaultKind<ClientSettings, Afflicted> = {
  kind: 'half-open',
  summary: "abandon some users' sockets, neither read nor closed, while the users come back on new ones",
  needs: [],
  requires: ['procfs'],
  heals: 'never, the server has to deal with it; with `for` the abandoned sockets are reset then',
  duration: 'open',
  settings: clientSettings,
  check: checkClientSettings,

  inject: (settings, context) => afflictUsers('abandon', settings, context),

  async verify({ handle }, context) {
    const { asked, users } = handle;
    const sockets = await socketsNow(users);
    const open = sockets.filter((socket) => socket?.state === 'established' || socket?.state === 'close-wait').length;
    const closed = sockets.filter((socket) => socket?.state === 'close-wait').length;
    return {
      verified: users.length === asked && open === asked,
      evidence: [
        `asked for ${asked} abandoned sockets; the workers let go of ${users.length}`,
        `the kernel still has ${open} of them open; the server has closed its end of ${closed}`,
        `${await countBack(handle, context)} of these users are signed in again already`,
      ],
    };
  },

  async undo({ handle: { users } }, context) {
    const before = await socketsNow(users);
    await userControlOf(context).relieve(
      'abandon',
      users.map(({ user }) => user),
    );
    const after = await eventually(
      () => socketsNow(users),
      (sockets) => sockets.every((socket) => socket === null),
      GONE_WITHIN_MS,
    );
    const gone = after.filter((socket) => socket === null).length;
    return {
      verified: gone === users.length,
      evidence: [
        `before the end the server had closed its end of ${before.filter((socket) => socket?.state !== 'established').length} of ${users.length}`,
        `reset; the kernel no longer knows ${gone} of ${users.length}`,
      ],
    };
  },
};

/**
 * half-open: some users' sockets are abandoned, as when a phone changes its network: they are neither read nor closed, while the user comes
 * back on a new one. The server is left with a connection to nobody, and must not deliver into it for ever.
 */

import { eventually } from '../../eventually.ts';
import type { FaultKind } from '../../fault.ts';
import { type ClientSettings, clientKind, countBack, relieveUsers, socketsNow } from './afflicted-users.ts';
import { afflictWatched, type Unreading } from './unread-watch.ts';

const GONE_WITHIN_MS = 5_000;

export const halfOpen: FaultKind<ClientSettings, Unreading> = {
  ...clientKind,
  kind: 'half-open',
  summary: "abandon some users' sockets, which are neither read nor closed, while the users come back on new ones",
  heals: 'never: the server has to deal with it; with `for` the abandoned sockets are reset then',
  duration: 'open',

  inject: (settings, context) => afflictWatched('abandon', settings, context),

  async verify({ handle }, context) {
    const { asked, hit, watch } = handle;
    const unread = await watch.begin();
    const sockets = await socketsNow(hit);
    const open = sockets.filter((socket) => socket?.state === 'established' || socket?.state === 'close-wait').length;
    const closed = sockets.filter((socket) => socket?.state === 'close-wait').length;
    return {
      verified: hit.length === asked && open === asked && unread.sockets === asked && unread.readOn === 0,
      evidence: [
        `asked for ${asked} abandoned sockets; the workers abandoned ${hit.length}`,
        `the kernel still has ${open} of them open; the server has closed its end of ${closed}`,
        `the kernel holds unread bytes for ${unread.sockets} of them; ${unread.readOn} were still read`,
        `${await countBack(handle, context)} of these users are signed in again already`,
      ],
    };
  },

  async undo({ handle }, context) {
    const { hit, watch } = handle;
    const { readOn } = await watch.end();
    const before = await socketsNow(hit);
    await relieveUsers('abandon', handle, context);
    const after = await eventually(
      () => socketsNow(hit),
      (sockets) => sockets.every((socket) => socket === null),
      GONE_WITHIN_MS,
    );
    const gone = after.filter((socket) => socket === null).length;
    return {
      verified: gone === hit.length && readOn === 0,
      evidence: [
        ...(readOn === 0 ? [] : [`${readOn} of ${hit.length} were still read before the end`]),
        `before the end the server had closed its end of ${before.filter((socket) => socket?.state !== 'established').length} of ${hit.length}`,
        `reset; the kernel no longer knows ${gone} of ${hit.length}`,
      ],
    };
  },
};

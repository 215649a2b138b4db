/** reset-connections: some users' connections end with a RST, as when a router forgets them; they come back as users do. */

import { eventually } from '../../eventually.ts';
import type { FaultKind, Verification } from '../../fault.ts';
import { type Afflicted, afflictUsers, type ClientSettings, clientKind, countBack, socketsNow } from './afflicted-users.ts';

const GONE_WITHIN_MS = 5_000;

export const resetConnections: FaultKind<ClientSettings, Afflicted> = {
  ...clientKind,
  kind: 'reset-connections',
  summary: "reset some users' connections (RST)",
  heals: 'by itself: the users connect again, with backoff',
  duration: 'none',

  inject: (settings, context) => afflictUsers('reset', settings, context),

  async verify({ handle }, context) {
    const { verified, evidence } = await verifyReset(handle);
    return {
      verified,
      evidence: [...evidence, `${await countBack(handle, context)} of these users are signed in again already`],
    };
  },
};

/** A connection that was reset is gone at once: one that was closed would linger in TIME_WAIT. */
export async function verifyReset({ asked, hit }: Afflicted): Promise<Verification> {
  const left = await eventually(
    () => socketsNow(hit),
    (sockets) => sockets.every((socket) => socket === null),
    GONE_WITHIN_MS,
  );
  const gone = left.filter((socket) => socket === null).length;
  return {
    verified: hit.length === asked && gone === hit.length,
    evidence: [
      `asked for ${asked} connections; the workers reset ${hit.length}`,
      `the kernel no longer knows ${gone} of them, not even as waiting for stray packets`,
    ],
  };
}

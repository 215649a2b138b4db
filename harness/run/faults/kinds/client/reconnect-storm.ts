/** reconnect-storm: some users lose their connections together, stay away for `for`, and all come back at the same moment. */

import type { FaultKind } from '../../fault.ts';
import { type Afflicted, afflictUsers, type ClientSettings, clientKind, countBack, userControlOf } from './afflicted-users.ts';
import { verifyReset } from './reset-connections.ts';

export const reconnectStorm: FaultKind<ClientSettings, Afflicted> = {
  ...clientKind,
  kind: 'reconnect-storm',
  summary: 'drop many users at once (RST), and let all of them come back at the same moment',
  heals: 'after `for`, when all connect again without any backoff',
  duration: 'optional',

  inject: (settings, context) => afflictUsers('drop', settings, context),

  async verify({ handle }, context) {
    const { verified, evidence } = await verifyReset(handle);
    const back = await countBack(handle, context);
    return { verified: verified && back === 0, evidence: [...evidence, `${back} of these users are signed in again`] };
  },

  async undo({ handle }, context) {
    const control = userControlOf(context);
    const devices = handle.hit.map(({ device }) => device);
    const before = new Map((await control.inspect(devices)).map(({ device, attempts }) => [device, attempts]));
    const began = performance.now();
    await control.relieve('drop', devices);
    const tookMs = performance.now() - began;
    const after = await control.inspect(devices);
    const tried = after.filter(({ device, attempts }) => attempts > (before.get(device) ?? 0)).length;
    // A user may have left on purpose in the meantime.
    const left = after.filter(({ isPresent }) => !isPresent).length;
    return {
      verified: tried + left >= devices.length,
      evidence: [
        `${devices.length} users allowed back; ${tried} tried to connect within ${tookMs.toFixed(1)} ms, ${left} had left on purpose`,
        `${await countBack(handle, context)} are signed in already`,
      ],
    };
  },
};

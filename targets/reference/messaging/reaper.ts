/**
 * Notices that a user's process died, and has the directory tell its clients to come back. The processes themselves are
 * under the runtime's supervisor; this one only watches them.
 */
import type { Behaviour } from '../runtime/behaviour.ts';
import type { DownMessage } from '../runtime/messages.ts';
import type { Pid } from '../runtime/pid.ts';
import { PRESENCE } from './session.ts';
import type { World } from './user-state.ts';

/** The registered name of the reaper. */
export const REAPER = 'reaper';

/** A user's process was spawned. */
export interface BornMessage {
  readonly type: 'born';
  readonly pid: Pid;
}

export const reaperBehaviour: Behaviour<World, BornMessage | DownMessage, World> = {
  name: 'reaper',
  version: 1,

  init(world, context) {
    for (const { pid } of world.directory.residents()) context.monitor(pid);
    return world;
  },

  handle(message, world, context) {
    if (message.type === 'born') {
      context.monitor(message.pid);
      return world;
    }
    const resident = world.directory.ofProcess(message.pid as Pid);
    if (resident === undefined) return world;
    world.counters.userCrashes++;
    const wasOnline = resident.online;
    world.directory.bury(resident);
    if (wasOnline && context.whereis(PRESENCE) !== undefined)
      context.send(PRESENCE, { type: 'changed', user: resident.user, online: false, lastSeenMs: context.wallClock() });
    return world;
  },
};

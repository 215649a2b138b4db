/**
 * The process that keeps the directory true: it monitors every user's process, and when one dies takes it out and has its
 * clients told to come back. Looking a user up asks the directory itself, as an ETS table, and never this process; without it
 * nobody would be wrong for long, as whoever looks up a dead process buries it.
 */
import type { Behaviour } from '../runtime/behaviour.ts';
import type { DownMessage } from '../runtime/messages.ts';
import type { Pid } from '../runtime/pid.ts';
import { type ChaosMessage, suffer } from './drill.ts';
import { PRESENCE } from './session.ts';
import type { World } from './user-state.ts';

/** The registered name of the registry. */
export const REGISTRY = 'registry';

/** A user's process was spawned. */
export interface BornMessage {
  readonly type: 'born';
  readonly pid: Pid;
}

export const registryBehaviour: Behaviour<World, BornMessage | DownMessage | ChaosMessage, World> = {
  name: 'registry',
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
    if (message.type === 'chaos') return suffer(message);
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

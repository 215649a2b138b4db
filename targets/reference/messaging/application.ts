/**
 * The application on a runtime: its supervision tree and the directory of users.
 *
 *     root (one_for_one)
 *       presence    who watches whom
 *       reaper      tells clients when a user's process died
 *       users       (simple_one_for_one, temporary): a process a user, spawned on demand
 */
import { type Runtime, RuntimeError, supervisor } from '../runtime/index.ts';
import { Directory } from './directory.ts';
import { presenceBehaviour } from './presence.ts';
import { REAPER, reaperBehaviour } from './reaper.ts';
import { PRESENCE } from './session.ts';
import { userBehaviour } from './user.ts';
import type { World } from './user-state.ts';

/** The registered name of the supervisor of the users' processes. */
export const USERS = 'users';
const STOP_USERS_MS = 1_000;
const INTENSITY = { intensity: 10, periodMs: 10_000 };

/** Starts it; it serves once `isServing`. */
export function startApplication(runtime: Runtime, given: Omit<World, 'directory'>): World {
  const directory = new Directory({
    isAlive: (pid) => runtime.isAlive(pid),
    spawn(user) {
      const under = runtime.whereis(USERS);
      if (under === undefined) throw new RuntimeError('noproc', 'the supervisor of the users is not running');
      const pid = runtime.spawn(userBehaviour, { world, user }, { under });
      runtime.send(REAPER, { type: 'born', pid });
      return pid;
    },
  });
  const world: World = { ...given, directory };
  const users = {
    strategy: 'simple_one_for_one',
    child: { id: 'user', start: userBehaviour, restart: 'temporary', shutdown: STOP_USERS_MS },
  };
  runtime.spawn(
    supervisor,
    {
      strategy: 'one_for_one',
      ...INTENSITY,
      children: [
        { id: PRESENCE, start: presenceBehaviour, args: world, name: PRESENCE },
        { id: REAPER, start: reaperBehaviour, args: world, name: REAPER },
        { id: USERS, start: supervisor, args: users, name: USERS, type: 'supervisor' },
      ],
    },
    { name: 'root' },
  );
  return world;
}

export function isServing(runtime: Runtime): boolean {
  return runtime.whereis(USERS) !== undefined;
}

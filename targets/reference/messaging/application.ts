/**
 * The application on a runtime: its supervision tree and the directory of users. README.md shows the tree as it runs.
 *
 * Presence has a supervisor to itself because it holds only subscriptions: if it keeps crashing, that supervisor gives up and
 * is restarted, and nobody else notices. Users' processes are temporary: each is started again when somebody needs it. If any
 * other child cannot be kept running, the node supervisor ends, and with it the node, which is restarted from outside.
 */
import { type ChildSpec, type Pid, type Runtime, RuntimeError, startChild, supervisor } from '../runtime/index.ts';
import { Directory } from './directory.ts';
import { Mailbox } from './mailbox.ts';
import { PRESENCE, REGISTRY } from './names.ts';
import { presenceBehaviour } from './presence.ts';
import { registryBehaviour } from './registry.ts';
import { FIRST_RELEASE } from './releases/catalogue.ts';
import type { World } from './user-state.ts';

/** Registered names of the supervisors. */
export const NODE_SUPERVISOR = 'node supervisor';
/** Of the users' processes; scenarios know it by this name. */
const USER_SUPERVISOR = 'session supervisor';
const PRESENCE_SUPERVISOR = 'presence supervisor';
const STOP_USERS_MS = 1_000;
const START_CHILD_MS = 5_000;
/** Twice what one gives up at below it, so that a subtree may fail more than once before the node does. */
const NODE_INTENSITY = { intensity: 10, periodMs: 10_000 };
const SUBTREE_INTENSITY = { intensity: 5, periodMs: 10_000 };

/** What may stand in the place of a part of it: nothing, unless the node has a bug on purpose. */
export interface OtherParts {
  readonly newMailbox?: World['newMailbox'];
  readonly presence?: typeof presenceBehaviour;
}

const newMailbox: World['newMailbox'] = (...given) => new Mailbox(...given);

/** Starts it; it serves once `isServing`. */
export function startApplication(
  runtime: Runtime,
  given: Omit<World, 'directory' | 'newMailbox'>,
  other: OtherParts = {},
): World {
  const directory = new Directory({
    isAlive: (pid) => runtime.isAlive(pid),
    shelter: runtime.shelter,
    spawn(user) {
      const under = runtime.whereis(USER_SUPERVISOR);
      if (under === undefined) throw new RuntimeError('noproc', 'the session supervisor is not running');
      const pid = runtime.spawn(FIRST_RELEASE.user, { world, user }, { under });
      if (runtime.whereis(REGISTRY) !== undefined) runtime.send(REGISTRY, { type: 'born', pid });
      return pid;
    },
    gone(user, end) {
      // Without presence nobody needs to be told: its successor asks the directory who is online.
      if (runtime.whereis(PRESENCE) !== undefined) runtime.send(PRESENCE, { type: 'gone', user, end });
    },
  });
  const world: World = { ...given, directory, newMailbox: other.newMailbox ?? newMailbox };
  const presence = {
    strategy: 'one_for_one',
    ...SUBTREE_INTENSITY,
    children: [{ id: PRESENCE, start: other.presence ?? presenceBehaviour, args: world, name: PRESENCE }],
  };
  const users = {
    strategy: 'simple_one_for_one',
    child: { id: 'user', start: FIRST_RELEASE.user, restart: 'temporary', shutdown: STOP_USERS_MS },
  };
  runtime.spawn(
    supervisor,
    {
      strategy: 'one_for_one',
      ...NODE_INTENSITY,
      children: [
        subtree(PRESENCE_SUPERVISOR, presence),
        { id: REGISTRY, start: registryBehaviour, args: world, name: REGISTRY },
        subtree(USER_SUPERVISOR, users),
      ],
    },
    { name: NODE_SUPERVISOR },
  );
  return world;
}

/** Starts a supervisor of `children`, by its name, as the last of the node's; `done` gets why it failed, or null. */
export function startSubtree(
  runtime: Runtime,
  name: string,
  children: readonly ChildSpec[],
  done: (failure: unknown) => void,
): void {
  const spec = subtree(name, { strategy: 'one_for_one', ...SUBTREE_INTENSITY, children });
  runtime.call(NODE_SUPERVISOR, startChild(spec), START_CHILD_MS, (outcome) => {
    if (outcome.type !== 'reply') done(outcome.type);
    else done((outcome.result as { readonly ok?: Pid; readonly error?: unknown }).error ?? null);
  });
}

export function isServing(runtime: Runtime): boolean {
  return runtime.whereis(USER_SUPERVISOR) !== undefined;
}

function subtree(name: string, spec: object): ChildSpec {
  return { id: name, start: supervisor, args: spec, name, type: 'supervisor' };
}

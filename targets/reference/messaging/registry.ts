/**
 * The process that keeps the directory true: it monitors every user's process, and when one dies removes it and has its
 * clients told to return. A look-up of a user reads the directory itself, like an ETS table, and never asks this process. Even without it
 * the directory would not be wrong for long, because a look-up that finds a dead process removes it.
 *
 * In a cluster it also speaks for its node: it forwards messages to a user on whichever node that lives, and has users released to nodes
 * where their devices went.
 */
import type { Behaviour } from '../runtime/behaviour.ts';
import type { Context } from '../runtime/context.ts';
import type { DownMessage } from '../runtime/messages.ts';
import type { Pid } from '../runtime/pid.ts';
import { seenEveryMs } from './devices.ts';
import type { Resident } from './directory.ts';
import { type ChaosMessage, suffer } from './drill.ts';
import type { NoteSeenMessage, ReceiptMessage } from './messages.ts';
import type { LocatedMessage } from './store-messages.ts';
import type { ReleaseRequest } from './takeover-messages.ts';
import type { World } from './user-state.ts';

/** A user's process was spawned. */
export interface BornMessage {
  readonly type: 'born';
  readonly pid: Pid;
}

/** From a process of this node: forward this to the user, wherever it lives; if nobody knows, it lives here from now on. */
export interface RouteMessage {
  readonly type: 'route';
  readonly user: string;
  readonly message: ReceiptMessage;
}

/** Have it noted that the devices which are connected are there; goes through all users, some at a time. */
export interface SeenTick {
  readonly type: 'seen-tick';
}

export type RegistryMessage =
  | BornMessage
  | RouteMessage
  | ReleaseRequest
  | LocatedMessage
  | SeenTick
  | DownMessage
  | ChaosMessage;

interface RegistryState {
  readonly world: World;
  /** What waits for its user to be located. */
  readonly waiting: Map<string, ReceiptMessage[]>;
  /** How far the present walk has come; null between two. */
  walk: Iterator<Resident> | null;
}

/** Messages that wait for one user to be located; the answer takes no longer than a read. */
const MAX_WAITING = 10_000;
/** Users looked at in one turn of a walk, and the pause before the next. */
const WALK_USERS = 200;
const WALK_PAUSE_MS = 20;

export const registryBehaviour: Behaviour<RegistryState, RegistryMessage, World> = {
  name: 'registry',
  version: 1,

  init(world, context) {
    for (const { pid } of world.directory.residents()) context.monitor(pid);
    context.sendAfter(seenEveryMs(world.limits), context.self, { type: 'seen-tick' } satisfies SeenTick);
    return { world, waiting: new Map(), walk: null };
  },

  handle(message, state, context) {
    const { world } = state;
    switch (message.type) {
      case 'born':
        context.monitor(message.pid);
        break;
      case 'route':
        route(state, message, context);
        break;
      case 'located':
        located(state, message, context);
        break;
      case 'release':
        release(world, message, context);
        break;
      case 'seen-tick':
        noteSeen(state, context);
        break;
      case 'chaos':
        return suffer(message);
      case 'DOWN': {
        const resident = world.directory.ofProcess(message.pid as Pid);
        if (resident !== undefined) died(world, resident, context);
      }
    }
    return state;
  },
  redact: ({ waiting }) => ({ waiting: waiting.size }),
};

/** A user's process ended otherwise than by going to sleep. */
function died(world: World, resident: Resident, context: Context): void {
  world.counters.userCrashes++;
  const { user, epoch } = resident;
  context.whole(() => {
    world.directory.bury(resident, 'died');
    // Whoever looks for the user must not be sent to a dead process.
    if (epoch > 0) world.cluster?.registry.release({ user, epoch });
  });
}

/** Another node wants a user of ours. */
function release(world: World, { user, epoch, devices, claimant }: ReleaseRequest, context: Context): void {
  const resident = world.directory.find(user);
  if (resident === undefined || resident.epoch > epoch || !context.isAlive(resident.pid))
    context.send(claimant, { type: 'released', epoch });
  else if (resident.epoch === epoch) context.send(resident.pid, { type: 'yield', devices, claimant });
  // One that is about to claim decides with the store who is first.
}

/** Every user with a connection writes down that its devices are there. */
function noteSeen(state: RegistryState, context: Context): void {
  const { world } = state;
  state.walk ??= world.directory.residents();
  for (let looked = 0; looked < WALK_USERS; looked++) {
    const { value, done } = state.walk.next();
    if (done === true) {
      state.walk = null;
      break;
    }
    if (value.connections.length > 0) context.send(value.pid, { type: 'note-seen' } satisfies NoteSeenMessage);
  }
  const delayMs = state.walk === null ? seenEveryMs(world.limits) : WALK_PAUSE_MS;
  context.sendAfter(delayMs, context.self, { type: 'seen-tick' } satisfies SeenTick);
}

function route(state: RegistryState, { user, message }: RouteMessage, context: Context): void {
  const { world, waiting } = state;
  const here = world.directory.find(user);
  if (world.cluster === null || (here !== undefined && context.isAlive(here.pid))) {
    context.send(world.directory.ensure(user).pid, message);
    return;
  }
  const others = waiting.get(user);
  if (others === undefined) {
    waiting.set(user, [message]);
    world.cluster.registry.locate(user, context.self);
  } else if (others.length < MAX_WAITING) others.push(message);
  else world.counters.bounds['pending-receipts']++;
}

function located({ world, waiting }: RegistryState, { user, owner }: LocatedMessage, context: Context): void {
  const messages = waiting.get(user) ?? [];
  waiting.delete(user);
  const { cluster, directory } = world;
  if (cluster === null) return;
  const elsewhere = owner !== null && owner.node !== context.node;
  const pid = elsewhere ? cluster.pidOf(owner) : directory.ensure(user).pid;
  for (const message of messages) context.send(pid, message);
}

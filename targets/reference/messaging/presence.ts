/**
 * Who watches whom. Each node has one such process: users' processes report to it when they come and go, and watchers ask it once and are
 * informed from then on. It holds only subscriptions; when it dies, the watchers' processes subscribe again.
 *
 * In a cluster, each presence process reports its own users' changes to those of the other nodes, and reports all its users when a node is
 * connected or asks, as a new one does. Reports of a node that is not connected no longer count: its users are offline until it is back.
 */
import type { Behaviour } from '../runtime/behaviour.ts';
import type { Context } from '../runtime/context.ts';
import type { MonitorReference } from '../runtime/monitor.ts';
import type { Pid } from '../runtime/pid.ts';
import type { TimerReference } from '../runtime/timer-wheel.ts';
import { suffer } from './drill.ts';
import type { ChangedElsewhereMessage, ChangedMessage, OnlineElsewhereMessage, PresenceProcessMessage } from './messages.ts';
import { PRESENCE } from './names.ts';
import { readProfile } from './profile.ts';
import type { World } from './user-state.ts';

interface PresenceState {
  readonly world: World;
  readonly watchers: Map<string, Set<Pid>>;
  readonly watching: Map<Pid, { readonly monitor: MonitorReference; readonly users: Set<string> }>;
  /** Asked for while the store looks up when the user was last seen. */
  readonly asked: Map<string, Set<Pid>>;
  /** Who is online on the other nodes, as they said. */
  readonly elsewhere: Map<string, Set<string>>;
  /** Who is on the way from one node to another, and counts as online. */
  readonly moving: Map<string, TimerReference>;
}

/** Longest time that a user on the way counts as online; its device comes within some tens of milliseconds. */
const MOVING_MS = 2_000;

export const presenceBehaviour: Behaviour<PresenceState, PresenceProcessMessage, World> = {
  name: 'presence',
  version: 1,

  init(world, context) {
    if (world.cluster !== null) context.monitorNodes();
    for (const node of context.nodes()) greet(node, world, true, context);
    return { world, watchers: new Map(), watching: new Map(), asked: new Map(), elsewhere: new Map(), moving: new Map() };
  },

  handle(message, state, context) {
    switch (message.type) {
      case 'watch':
        watch(state, message.user, message.watcher, context);
        break;
      case 'unwatch':
        unwatch(state, message.users, message.watcher, context);
        break;
      case 'ask':
        answer(state, message.user, message.asker, context);
        break;
      case 'changed':
        changed(state, message, context);
        break;
      case 'gone':
        changed(
          state,
          { type: 'changed', user: message.user, online: false, lastSeenMs: context.wallClock(), moved: message.end === 'taken' },
          context,
        );
        break;
      case 'changed-elsewhere':
        changedElsewhere(state, message, context);
        break;
      case 'online-elsewhere':
        onlineElsewhere(state, message, context);
        break;
      case 'moved-tick':
        state.moving.delete(message.user);
        if (!isOnline(state, message.user)) tell(state, message.user, message.lastSeenMs, context);
        break;
      case 'nodeup':
        greet(message.node.name, state.world, false, context);
        break;
      case 'nodedown':
        nodeDown(state, message.node.name, context);
        break;
      case 'profile': {
        const { lastSeenMs } = readProfile(message.profile);
        const online = isOnline(state, message.user);
        for (const watcher of state.asked.get(message.user) ?? [])
          context.send(watcher, { type: 'presence', user: message.user, online, lastSeenMs: online ? 0 : lastSeenMs });
        state.asked.delete(message.user);
        break;
      }
      case 'DOWN':
        forget(state, message.pid as Pid);
        break;
      case 'chaos':
        suffer(message);
    }
    return state;
  },
};

function isOnline({ world, elsewhere, moving }: PresenceState, user: string): boolean {
  if (moving.has(user) || world.directory.find(user)?.online === true) return true;
  for (const users of elsewhere.values()) if (users.has(user)) return true;
  return false;
}

/** A user of this node came or went. */
function changed(state: PresenceState, message: ChangedMessage, context: Context): void {
  come(state, message, context);
  if (state.world.cluster === null) return;
  for (const node of context.nodes())
    context.send({ name: PRESENCE, node }, { ...message, type: 'changed-elsewhere', node: context.node });
}

function changedElsewhere(state: PresenceState, message: ChangedElsewhereMessage, context: Context): void {
  const { user, online, node } = message;
  const users = state.elsewhere.get(node) ?? new Set();
  state.elsewhere.set(node, users);
  if (online) users.add(user);
  else users.delete(user);
  come(state, message, context);
}

/** Tells of a user that came or went; of one that moves when it has arrived, or did not. */
function come(state: PresenceState, { user, moved, lastSeenMs }: Omit<ChangedMessage, 'type'>, context: Context): void {
  const { moving } = state;
  const timer = moving.get(user);
  moving.delete(user);
  if (timer !== undefined) context.cancelTimer(timer);
  if (!moved) tell(state, user, lastSeenMs, context);
  else if (!isOnline(state, user))
    moving.set(user, context.sendAfter(MOVING_MS, context.self, { type: 'moved-tick', user, lastSeenMs }));
}

/** All that are online on a node which was connected, or whose presence process is new. */
function onlineElsewhere(state: PresenceState, { node, users, asks }: OnlineElsewhereMessage, context: Context): void {
  if (asks) greet(node, state.world, false, context);
  const before = state.elsewhere.get(node) ?? new Set();
  const now = new Set(users);
  state.elsewhere.set(node, now);
  for (const user of before) if (!now.has(user)) tell(state, user, context.wallClock(), context);
  for (const user of now) if (!before.has(user)) tell(state, user, 0, context);
}

function nodeDown(state: PresenceState, node: string, context: Context): void {
  const users = state.elsewhere.get(node) ?? [];
  state.elsewhere.delete(node);
  for (const user of users) tell(state, user, context.wallClock(), context);
}

/** Says who of ours is online; `asks`: and wants to be told who is there. */
function greet(node: string, { directory }: World, asks: boolean, context: Context): void {
  const users: string[] = [];
  for (const resident of directory.residents()) if (resident.online) users.push(resident.user);
  context.send({ name: PRESENCE, node }, { type: 'online-elsewhere', node: context.node, users, asks });
}

/** Tells the watchers of a user how it is now. */
function tell(state: PresenceState, user: string, lastSeenMs: number, context: Context): void {
  const watchers = state.watchers.get(user);
  if (watchers === undefined) return;
  const online = isOnline(state, user);
  for (const watcher of watchers) context.send(watcher, { type: 'presence', user, online, lastSeenMs: online ? 0 : lastSeenMs });
}

function watch(state: PresenceState, user: string, watcher: Pid, context: Context): void {
  const { world } = state;
  let watchers = state.watchers.get(user);
  if (watchers === undefined) {
    watchers = new Set();
    state.watchers.set(user, watchers);
  }
  if (watchers.size >= world.limits.maxWatchers && !watchers.has(watcher)) world.counters.bounds.watchers++;
  else {
    watchers.add(watcher);
    let entry = state.watching.get(watcher);
    if (entry === undefined) {
      entry = { monitor: context.monitor(watcher), users: new Set() };
      state.watching.set(watcher, entry);
    }
    entry.users.add(user);
  }
  answer(state, user, watcher, context);
}

/** Says how the user is now, once the store has told since when. */
function answer(state: PresenceState, user: string, asker: Pid, context: Context): void {
  const { world } = state;
  if (isOnline(state, user)) {
    context.send(asker, { type: 'presence', user, online: true, lastSeenMs: 0 });
    return;
  }
  const asking = state.asked.get(user);
  if (asking !== undefined) {
    asking.add(asker);
    return;
  }
  state.asked.set(user, new Set([asker]));
  world.store.profile(user, context.self);
}

function unwatch(state: PresenceState, users: readonly string[], watcher: Pid, context: Context): void {
  const entry = state.watching.get(watcher);
  if (entry === undefined) return;
  for (const user of users) {
    entry.users.delete(user);
    dropWatcher(state, user, watcher);
  }
  if (entry.users.size > 0) return;
  context.demonitor(entry.monitor, { flush: true });
  state.watching.delete(watcher);
}

function forget(state: PresenceState, watcher: Pid): void {
  const entry = state.watching.get(watcher);
  if (entry === undefined) return;
  state.watching.delete(watcher);
  for (const user of entry.users) dropWatcher(state, user, watcher);
}

function dropWatcher(state: PresenceState, user: string, watcher: Pid): void {
  const watchers = state.watchers.get(user);
  watchers?.delete(watcher);
  if (watchers?.size === 0) state.watchers.delete(user);
}

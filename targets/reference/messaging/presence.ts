/**
 * Who watches whom. One process a node: users' processes tell it when they come and go, watchers ask it once and are told
 * from then on. It holds subscriptions only; when it dies, the watchers' processes subscribe again.
 */
import type { Behaviour } from '../runtime/behaviour.ts';
import type { Context } from '../runtime/context.ts';
import type { MonitorReference } from '../runtime/monitor.ts';
import type { Pid } from '../runtime/pid.ts';
import { suffer } from './drill.ts';
import type { PresenceProcessMessage } from './messages.ts';
import { readProfile } from './profile.ts';
import type { World } from './user-state.ts';

interface PresenceState {
  readonly world: World;
  readonly watchers: Map<string, Set<Pid>>;
  readonly watching: Map<Pid, { readonly monitor: MonitorReference; readonly users: Set<string> }>;
  /** Asked for while the store looks up when the user was last seen. */
  readonly asked: Map<string, Set<Pid>>;
}

export const presenceBehaviour: Behaviour<PresenceState, PresenceProcessMessage, World> = {
  name: 'presence',
  version: 1,

  init: (world) => ({ world, watchers: new Map(), watching: new Map(), asked: new Map() }),

  handle(message, state, context) {
    switch (message.type) {
      case 'watch':
        watch(state, message.user, message.watcher, context);
        break;
      case 'changed': {
        const { user, online, lastSeenMs } = message;
        for (const watcher of state.watchers.get(user) ?? [])
          context.send(watcher, { type: 'presence', user, online, lastSeenMs });
        break;
      }
      case 'profile': {
        const { lastSeenMs } = readProfile(message.profile);
        const online = state.world.directory.find(message.user)?.online ?? false;
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
  if (world.directory.find(user)?.online === true) {
    context.send(watcher, { type: 'presence', user, online: true, lastSeenMs: 0 });
    return;
  }
  const asking = state.asked.get(user);
  if (asking !== undefined) {
    asking.add(watcher);
    return;
  }
  state.asked.set(user, new Set([watcher]));
  world.store.profile(user, context.self);
}

function forget(state: PresenceState, watcher: Pid): void {
  const entry = state.watching.get(watcher);
  if (entry === undefined) return;
  state.watching.delete(watcher);
  for (const user of entry.users) {
    const watchers = state.watchers.get(user);
    watchers?.delete(watcher);
    if (watchers?.size === 0) state.watchers.delete(user);
  }
}

/** Which users a user's connections watch: requests, reports, and subscribing again when the presence process died. */
import { ErrorCode } from '../../protocol/frames.ts';
import type { Context } from '../runtime/context.ts';
import type { DownMessage } from '../runtime/messages.ts';
import type { PresenceMessage, WatchFrameMessage } from './messages.ts';
import { PRESENCE } from './names.ts';
import { type Outlet, outletOf, type UserState } from './user-state.ts';

const REWATCH_MS = 100;

/** A client's WATCH: it holds for the connection it came on. */
export function watch(state: UserState, message: WatchFrameMessage, context: Context): void {
  const outlet = outletOf(state, message.connection);
  if (outlet === null) return;
  const { counters, limits } = state.world;
  if (outlet.watching?.has(message.user) !== true) {
    let watched = 0;
    for (const { watching } of state.outlets) watched += watching?.size ?? 0;
    if (watched >= limits.maxWatches) {
      counters.bounds.watches++;
      message.connection.close(ErrorCode.rateLimited, `more than ${limits.maxWatches} users watched`);
      return;
    }
    outlet.watching ??= new Set();
    outlet.watching.add(message.user);
  }
  subscribe(state, message.user, context);
}

/** The presence process has forgotten us: its successor is told again. True when `down` was about it. */
export function presenceDown(state: UserState, down: DownMessage, context: Context): boolean {
  if (state.presenceMonitor === null || down.ref !== state.presenceMonitor) return false;
  state.presenceMonitor = null;
  rewatchLater(state, context);
  return true;
}

export function rewatch(state: UserState, context: Context): void {
  state.rewatching = false;
  const watched = new Set<string>();
  for (const { watching } of state.outlets) for (const user of watching ?? []) watched.add(user);
  for (const user of watched) subscribe(state, user, context);
}

/** A watched user came or went. */
export function presence(state: UserState, message: PresenceMessage): void {
  for (const { connection, watching } of state.outlets)
    if (watching?.has(message.user) === true) connection.presence(message.user, message.online, message.lastSeenMs);
}

function subscribe(state: UserState, user: string, context: Context): void {
  const presence = context.whereis(PRESENCE);
  if (presence === undefined) {
    rewatchLater(state, context);
    return;
  }
  state.presenceMonitor ??= context.monitor(presence);
  context.send(presence, { type: 'watch', user, watcher: context.self });
}

/** A connection ends, and what it alone watched is watched no more. */
export function unwatch(state: UserState, ending: Outlet, context: Context): void {
  if (ending.watching === null) return;
  const users = [...ending.watching].filter((user) => !isWatched(state, user));
  ending.watching = null;
  if (users.length > 0 && context.whereis(PRESENCE) !== undefined)
    context.send(PRESENCE, { type: 'unwatch', users, watcher: context.self });
}

function isWatched(state: UserState, user: string): boolean {
  return state.outlets.some(({ watching }) => watching?.has(user) === true);
}

/** One tick for all that is watched, however often it is asked for. */
function rewatchLater(state: UserState, context: Context): void {
  if (state.rewatching) return;
  state.rewatching = true;
  context.sendAfter(REWATCH_MS, context.self, { type: 'rewatch' });
}

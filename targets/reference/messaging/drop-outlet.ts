/** Drops what a user's process holds for a device's connection that is gone. */
import type { Context } from '../runtime/context.ts';
import type { Outlet, UserState } from './user-state.ts';
import { unwatch } from './watching.ts';

export function dropOutlet(state: UserState, outlet: Outlet, context: Context): void {
  outlet.device.seenMs = context.wallClock();
  if (outlet.timer !== null) context.cancelTimer(outlet.timer);
  if (outlet.ending !== null) state.endings--;
  outlet.device.detach();
  state.outlets = state.outlets.filter((other) => other !== outlet);
  unwatch(state, outlet, context);
}

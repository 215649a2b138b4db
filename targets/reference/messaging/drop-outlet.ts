/** A device's connection is gone: what it held in the user's process goes with it. */
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

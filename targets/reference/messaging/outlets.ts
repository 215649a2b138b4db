/** The outlets of a user's process: one for each connection that it writes to. */
import type { ClientLink } from './ports.ts';
import type { Outlet, UserState } from './user-state.ts';

/** The outlet of a link; null when it was detached or replaced. */
export function outletOf(state: UserState, link: ClientLink): Outlet | null {
  for (const outlet of state.outlets) if (outlet.link === link) return outlet;
  return null;
}

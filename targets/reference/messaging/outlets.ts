/** The outlets of a user's process: one for each connection that it writes to. */
import type { ClientConnection } from './ports.ts';
import type { Outlet, UserState } from './user-state.ts';

/** The outlet of a connection; null when it was detached or replaced. */
export function outletOf(state: UserState, connection: ClientConnection): Outlet | null {
  for (const outlet of state.outlets) if (outlet.connection === connection) return outlet;
  return null;
}

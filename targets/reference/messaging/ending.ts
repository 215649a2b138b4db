/**
 * Closes the connection of a client that sends too much, but only after everything it sent so far was answered: a client that had to
 * repeat all of it on its next connection would exceed the limit again, and never make progress.
 */
import type { Context } from '../runtime/index.ts';
import type { ClientConnection } from './ports.ts';
import { type Ending, type Outlet, outletOf, type UserState } from './user-state.ts';

/** Longest wait for the answers. */
const LIMIT_MS = 2_000;

/** Takes no more of this connection, and closes it once its sends are answered. */
export function endConnection(state: UserState, connection: ClientConnection, ending: Ending, context: Context): void {
  const outlet = outletOf(state, connection);
  if (outlet === null || outlet.ending !== null) return;
  outlet.ending = ending;
  state.endings++;
  if (isAnswered(state, connection)) close(outlet);
  else context.sendAfter(LIMIT_MS, context.self, { type: 'end', connection });
}

/** Closes the connections whose last answer has been given. */
export function endAnswered(state: UserState): void {
  for (const outlet of state.outlets) if (outlet.ending !== null && isAnswered(state, outlet.connection)) close(outlet);
}

/** The wait is over. */
export function end(state: UserState, connection: ClientConnection): void {
  const outlet = outletOf(state, connection);
  if (outlet !== null) close(outlet);
}

function isAnswered(state: UserState, connection: ClientConnection): boolean {
  for (const { outstanding } of state.peers?.values() ?? []) {
    if (outstanding.some((message) => message.connection === connection)) return false;
  }
  return true;
}

function close({ connection, ending }: Outlet): void {
  if (ending !== null) connection.close(ending.code, ending.reason);
}

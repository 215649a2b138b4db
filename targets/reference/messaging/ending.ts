/**
 * Closing the link of a client that sends too much: not before what it sent so far was answered, for a client that must
 * repeat all of it on its next connection would be over the limit again, and never get on.
 */
import type { Context } from '../runtime/index.ts';
import { outletOf } from './outlets.ts';
import type { ClientLink } from './ports.ts';
import type { Ending, Outlet, UserState } from './user-state.ts';

/** Longest wait for the answers. */
const LIMIT_MS = 2_000;

/** Takes no more of this link, and closes it once its sends are answered. */
export function endLink(state: UserState, link: ClientLink, ending: Ending, context: Context): void {
  const outlet = outletOf(state, link);
  if (outlet === null || outlet.ending !== null) return;
  outlet.ending = ending;
  state.endings++;
  if (isAnswered(state, link)) close(outlet);
  else context.sendAfter(LIMIT_MS, context.self, { type: 'end', link });
}

/** Closes the links whose last answer has been given. */
export function endAnswered(state: UserState): void {
  for (const outlet of state.outlets) if (outlet.ending !== null && isAnswered(state, outlet.link)) close(outlet);
}

/** The wait is over. */
export function end(state: UserState, link: ClientLink): void {
  const outlet = outletOf(state, link);
  if (outlet !== null) close(outlet);
}

function isAnswered(state: UserState, link: ClientLink): boolean {
  for (const { outstanding } of state.peers?.values() ?? []) {
    if (outstanding.some((message) => message.link === link)) return false;
  }
  return true;
}

function close({ link, ending }: Outlet): void {
  if (ending !== null) link.close(ending.code, ending.reason);
}

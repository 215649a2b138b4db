/** What other files need of upkeep.ts, which examines a mailbox: to ask for a look, to see whether one is under way, to wait for it. */
import type { Context } from '../runtime/context.ts';
import type { IncomingMessage } from './messages.ts';
import type { UserState } from './user-state.ts';

/** Heads of one look: with cold code, a few milliseconds' worth. */
const HEADS = 256;

/** Asks for the next heads, if there is something to look for and it was not asked for already. */
export function lookThrough(state: UserState, context: Context): void {
  if (state.looking) return;
  const after = state.mailbox.askHeads();
  if (after === null) return;
  state.looking = true;
  state.world.store.heads(state.user, after, HEADS, context.self);
}

/** Whether something of this is under way. */
export function isLooking({ looking, deferred }: UserState): boolean {
  return looking || deferred !== null;
}

/** Not to be decided on yet. */
export function defer(state: UserState, message: IncomingMessage): void {
  state.deferred ??= [];
  state.deferred.push(message);
  state.world.directory.held.hold(state.resident, message.payload.length);
}

/**
 * Examines the heads of a mailbox, some at a time, each time in another turn of the event loop: once when the mailbox was read
 * back, and whenever devices acknowledge entries that are not in memory. Deliveries go on; messages to the user wait for the first look.
 */
import type { Context } from '../runtime/context.ts';
import { lookThrough } from './looking.ts';
import { DeliveryEffects, decide, pumpAll } from './receiving.ts';
import type { HeadsMessage } from './store-messages.ts';
import type { UserState } from './user-state.ts';

/** Messages that waited and are decided on in one turn. */
const DECISIONS = 64;
const NEXT_TURN_MS = 1;

export function heads(state: UserState, message: HeadsMessage, context: Context): void {
  state.looking = false;
  state.mailbox.takeHeads(message.entries, message.more, new DeliveryEffects(state, context));
  lookThrough(state, context);
  // While there is no room and still something to remove, nobody is refused.
  if (state.mailbox.scanned && state.deferred !== null && !(state.mailbox.isFull && state.looking)) decideSome(state, context);
}

/** Messages that came before the mailbox knew all senders, in order and some at a time. */
export function decideSome(state: UserState, context: Context): void {
  const { deferred } = state;
  if (deferred === null || !state.mailbox.scanned || state.deciding) return;
  for (const message of deferred.splice(0, DECISIONS)) {
    state.world.directory.held.hold(state.resident, -message.payload.length);
    decide(state, message, context);
  }
  if (deferred.length === 0) state.deferred = null;
  else {
    state.deciding = true;
    context.sendAfter(NEXT_TURN_MS, context.self, { type: 'decide' });
  }
  pumpAll(state, context);
}

/** Their time has come. */
export function decideOn(state: UserState, context: Context): void {
  state.deciding = false;
  decideSome(state, context);
}

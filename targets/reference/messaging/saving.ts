/** Saves a user's profile, and runs what waits until it is recorded. */
import type { Context } from '../runtime/context.ts';
import { save } from './profile.ts';
import { confirmRecorded, recordAgain } from './used-ids.ts';
import type { UserState } from './user-state.ts';

/** Saves the profile, and does `act` once it is as durable as promised: now, or when the store has said so. */
export function whenSaved(state: UserState, context: Context, act: (context: Context) => void): void {
  const isSaved = save(state, context.self, context.wallClock());
  const recorded = recordAgain(state.usedIds);
  const then = (later: Context): void => {
    confirmRecorded(state.usedIds, recorded);
    act(later);
  };
  if (isSaved) {
    then(context);
    return;
  }
  state.saving ??= [];
  state.saving.push(then);
}

/** What was saved first of all that is waited for is on record. */
export function saved(state: UserState, context: Context): void {
  const act = state.saving?.shift();
  if (state.saving?.length === 0) state.saving = null;
  act?.(context);
}

/** The ids of a user's sends: what each can mean, recording it before the message is handed on, and what a refusal says about it. */
import { ErrorCode } from '../../protocol/frames.ts';
import type { Context } from '../runtime/context.ts';
import type { RefusedMessage, SendMessage } from './messages.ts';
import type { ClientConnection } from './ports.ts';
import { whenSaved } from './saving.ts';
import { isOnRecord, mustRecord, use, usedIdsOf } from './used-ids.ts';
import type { UserState } from './user-state.ts';

const REASONS: Partial<Record<ErrorCode, string>> = {
  [ErrorCode.rateLimited]: 'too many messages a second',
  [ErrorCode.mailboxFull]: 'the mailbox of the receiver is full',
  [ErrorCode.overloaded]: 'no room for more messages at the moment',
};

/** Notes what is known of the id. More ids are put on record in time; `recorded` is called when they are. */
export function place(
  state: UserState,
  message: SendMessage,
  context: Context,
  recorded: (state: UserState, context: Context) => void,
): void {
  const { connection } = message;
  const ids = usedIdsOf(state, connection.device);
  const standing = use(ids, message.id);
  message.standing = standing === 'new' && connection.usedId === undefined ? 'unknown' : standing;
  if (standing === 'late') message.refuse = ErrorCode.staleId;
  if (mustRecord(ids)) whenSaved(state, context, (later) => recorded(state, later));
}

/**
 * Whether the message must wait for the record of its id. Where there is one node the record comes first in any case, for what its users
 * write is written in order.
 */
export function isHeld(state: UserState, { id, connection }: SendMessage): boolean {
  return state.world.cluster !== null && !isOnRecord(usedIdsOf(state, connection.device), id);
}

/** Of a stale id, the highest that the device has used, in digits; otherwise words. */
export function reasonOf(state: UserState, { device }: ClientConnection, { code, highestId }: RefusedMessage): string {
  if (code !== ErrorCode.staleId) return REASONS[code] ?? 'refused';
  const ids = usedIdsOf(state, device);
  if (highestId > ids.highest) ids.highest = highestId;
  return String(ids.highest);
}

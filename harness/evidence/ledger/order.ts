/** Property 4, order: for each sender, recipient and sender session, first showings come in the order of ids. Pure. */
import { sortBy } from './message-index.ts';
import type { Attempts } from './observations.ts';

/**
 * How many messages were shown after a later one of their session. `bySenderAndId` holds all rows; `shownAt` is a row's place
 * in the order of delivery, negative when it was never shown. `found` gets each offender and a later message shown before it.
 */
export function countReordered(
  attempts: Attempts,
  bySenderAndId: Uint32Array,
  shownAt: Int32Array,
  found: (row: number, later: number) => void,
): number {
  const { sender, recipient, session } = attempts;
  // Least significant key first, each pass stable: in the end by sender, recipient, session and id.
  const bySession = sortBy(bySenderAndId, session, highest(session));
  const rows = sortBy(sortBy(bySession, recipient, highest(recipient)), sender, highest(sender));
  let reordered = 0;
  // From the highest id of a conversation down: a message is late when some higher one was shown before it.
  let earliest = -1;
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at] as number;
    const above = rows[at + 1];
    const same =
      above !== undefined &&
      sender[row] === sender[above] &&
      recipient[row] === recipient[above] &&
      session[row] === session[above];
    if (!same) earliest = -1;
    const shown = shownAt[row] as number;
    if (shown < 0) continue;
    if (earliest >= 0 && shown > (shownAt[earliest] as number)) {
      reordered++;
      found(row, earliest);
    } else {
      earliest = row;
    }
  }
  return reordered;
}

function highest(keys: Uint32Array): number {
  let most = 0;
  for (const key of keys) if (key > most) most = key;
  return most;
}

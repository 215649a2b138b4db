/**
 * What a server knows of the id of a SEND before it asks whether the receiver has it: whether the device sent it before. In: the
 * highest id that the device says it has used, and its ids as they come. Pure, and of bounded size: a device that counts by one
 * takes two numbers.
 */

/**
 * `new`: not sent before, and higher than all that were. `late`: not sent before, though a higher one was. `unknown`: it was, or may
 * have been: a repeat, unless the client lost count without saying so.
 */
export type Standing = 'unknown' | 'new' | 'late';

/** Ids sent, as from, to, from, to: ascending, with gaps between them. */
export type IdHistory = number[];

/** Gaps remembered; with more, the oldest is taken for sent. */
const MAX_GAPS = 31;

/** A device that may have sent anything up to `usedId`, and nothing above it. */
export function historyUpTo(usedId: number): IdHistory {
  return [0, usedId];
}

/** Notes that a SEND carries `id`, and says what that makes of it. */
export function note(history: IdHistory, id: number): Standing {
  const last = history.length - 1;
  const highest = history[last] as number;
  if (id === highest + 1) {
    history[last] = id;
    return 'new';
  }
  if (id > highest) {
    history.push(id, id);
    forgetGap(history);
    return 'new';
  }
  let from = last - 1;
  while ((history[from] as number) > id) from -= 2;
  if (id <= (history[from + 1] as number)) return 'unknown';
  history.splice(from + 2, 0, id, id);
  forgetGap(history);
  return 'late';
}

function forgetGap(history: IdHistory): void {
  if (history.length > 2 * (MAX_GAPS + 1)) history.splice(1, 2);
}

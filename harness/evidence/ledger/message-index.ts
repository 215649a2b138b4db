/** Finds the attempt of a (sender, id) in constant time, on typed arrays: no string is made for a message. Pure. */
import type { Attempts } from './observations.ts';

export interface MessageIndex {
  /** Row of the attempt, or -1 when this sender never meant to send this id. */
  find(sender: number, id: number): number;
  /** All rows, by sender and then by id. */
  readonly bySenderAndId: Uint32Array;
}

/**
 * @throws Error if two rows claim the same (sender, id), or if a sender is not a user: the observations are then not the record of one run.
 */
export function indexMessages(attempts: Attempts, users: number): MessageIndex {
  const { count, sender, id } = attempts;
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    rows[row] = row;
    if ((sender[row] as number) >= users)
      throw new Error(`the observations have a sender ${sender[row]}, but only ${users} users`);
  }
  const bySenderAndId = sortBy(rows, sender, users - 1);
  const starts = bucketStarts(bySenderAndId, sender, users);
  for (let user = 0; user < users; user++) {
    const own = bySenderAndId.subarray(starts[user] as number, starts[user + 1] as number);
    const twice = orderIds(own, id);
    if (twice !== null) throw new Error(`the observations have message ${twice} of user ${user} twice`);
  }

  function find(from: number, wanted: number): number {
    if (from >= users) return -1;
    let low = starts[from] as number;
    let high = (starts[from + 1] as number) - 1;
    if (low > high) return -1;
    // Ids are normally dense, so the first guess is right; if there are gaps, bisect.
    const guess = low + wanted - (id[bySenderAndId[low] as number] as number);
    if (guess >= low && guess <= high && id[bySenderAndId[guess] as number] === wanted) return bySenderAndId[guess] as number;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const row = bySenderAndId[middle] as number;
      const found = id[row] as number;
      if (found === wanted) return row;
      if (found < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
  return { find, bySenderAndId };
}

/** Counting sort, stable: `rows` in the order of `keys[row]`, each key at most `highest`. */
export function sortBy(rows: Uint32Array, keys: Uint32Array, highest: number): Uint32Array {
  const next = new Uint32Array(highest + 2);
  for (const row of rows) next[(keys[row] as number) + 1] = (next[(keys[row] as number) + 1] as number) + 1;
  for (let key = 0; key <= highest; key++) next[key + 1] = (next[key + 1] as number) + (next[key] as number);
  const sorted = new Uint32Array(rows.length);
  for (const row of rows) {
    const key = keys[row] as number;
    const at = next[key] as number;
    sorted[at] = row;
    next[key] = at + 1;
  }
  return sorted;
}

function bucketStarts(sorted: Uint32Array, sender: Uint32Array, users: number): Uint32Array {
  const starts = new Uint32Array(users + 1);
  for (const row of sorted) starts[(sender[row] as number) + 1] = (starts[(sender[row] as number) + 1] as number) + 1;
  for (let user = 0; user < users; user++) starts[user + 1] = (starts[user + 1] as number) + (starts[user] as number);
  return starts;
}

/** Orders the rows of one sender by id, in place; returns an id that two of them have, or null. */
function orderIds(rows: Uint32Array, id: Float64Array): number | null {
  const idAt = (at: number): number => id[rows[at] as number] as number;
  let ordered = 1;
  while (ordered < rows.length && idAt(ordered) > idAt(ordered - 1)) ordered++;
  if (ordered >= rows.length) return null;
  // Workers write the rows of a sender in order; sorting is for records put together in other ways.
  rows.sort((a, b) => (id[a] as number) - (id[b] as number));
  for (let at = 1; at < rows.length; at++) if (idAt(at) === idAt(at - 1)) return idAt(at);
  return null;
}

/**
 * The order in which a user goes through the entrances of a run: its own first, which its index decides, then every other once. Users with
 * the same entrance go on in different orders, so that the users of a dead node spread over all remaining nodes. Pure.
 */

/** The place, among `entrances`, that is `hop` after the user's own. */
export function entranceOf(user: number, hop: number, entrances: number): number {
  return (user + (hop % entrances) * strideOf(user, entrances)) % entrances;
}

/** How many hops after the user's own this place is. */
export function hopTo(user: number, place: number, entrances: number): number {
  for (let hop = 1; hop < entrances; hop++) if (entranceOf(user, hop, entrances) === place) return hop;
  return 0;
}

/** The step from one entrance to the next; it has no factor in common with their number, because otherwise some would be skipped. */
function strideOf(user: number, entrances: number): number {
  const strides: number[] = [];
  for (let stride = 1; stride < entrances; stride++) if (greatestCommonDivisor(stride, entrances) === 1) strides.push(stride);
  return strides[Math.floor(user / entrances) % strides.length] ?? 0;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

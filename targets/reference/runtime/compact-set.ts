/**
 * A set that costs nothing while empty and nothing but the pointer while it holds one member, which is what nearly every
 * process has: one link, to its supervisor. Grows into a Set with the second member. Members are objects.
 */
export type CompactSet<T extends object> = null | T | Set<T>;

export function add<T extends object>(set: CompactSet<T>, member: T): CompactSet<T> {
  if (set === null || set === member) return member;
  if (set instanceof Set) {
    set.add(member);
    return set;
  }
  return new Set([set, member]);
}

export function remove<T extends object>(set: CompactSet<T>, member: T): CompactSet<T> {
  if (set === null || set === member) return null;
  if (!(set instanceof Set)) return set;
  set.delete(member);
  return set.size === 0 ? null : set;
}

export function size(set: CompactSet<object>): number {
  return set === null ? 0 : set instanceof Set ? set.size : 1;
}

/** The members in order of joining; a copy, safe against changes of the set. */
export function members<T extends object>(set: CompactSet<T>): T[] {
  return set === null ? [] : set instanceof Set ? [...set] : [set];
}

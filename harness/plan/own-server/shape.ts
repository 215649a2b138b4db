/** Checks that a value has the members of an interface, and that each is of the right kind. Pure. */

export interface Fault {
  readonly member: string;
  /** What it is: `missing`, `a string`. */
  readonly is: string;
  /** What would be right. */
  readonly shouldBe: string;
}

/** Members by name, each with a test and the words for what is required. */
export type Shape = Readonly<Record<string, Kind>>;

export interface Kind {
  readonly words: string;
  matches(value: unknown): boolean;
}

export const aFunction = (words: string): Kind => ({
  words: `a function: ${words}`,
  matches: (value) => typeof value === 'function',
});
export const aText = (words: string): Kind => ({
  words: `a string: ${words}`,
  matches: (value) => typeof value === 'string' && value !== '',
});
export const aList = (words: string): Kind => ({ words: `a list: ${words}`, matches: Array.isArray });
export const aSet = (words: string): Kind => ({ words: `a Set: ${words}`, matches: (value) => value instanceof Set });
export const anObject = (words: string): Kind => ({
  words: `an object: ${words}`,
  matches: (value) => typeof value === 'object' && value !== null,
});
export const orNull = (kind: Kind): Kind => ({
  words: `${kind.words}; or null`,
  matches: (value) => value === null || kind.matches(value),
});

export const orAbsent = (kind: Kind): Kind => ({
  words: `${kind.words}; or nothing`,
  matches: (value) => value === undefined || kind.matches(value),
});

/** Every member of `shape` that `value` lacks or has with another kind; inherited members count. */
export function faultsOf(value: unknown, shape: Shape): readonly Fault[] {
  const members = (typeof value === 'object' || typeof value === 'function') && value !== null ? value : {};
  return Object.entries(shape).flatMap(([member, { words, matches }]) => {
    const found: unknown = Reflect.get(members, member);
    return matches(found) ? [] : [{ member, is: found === undefined ? 'missing' : kindOf(found), shouldBe: words }];
  });
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === '') return 'an empty string';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

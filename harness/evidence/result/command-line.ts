/** Command lines that are printed to be copied: "how to run it again", whoever says it. Pure. */

export interface Repeated {
  /** The command and its arguments: `['compare', 'nodes=1', 'nodes=3']`. */
  readonly words: readonly string[];
  /** Options by their names, in this order; what is null was not said. */
  readonly options?: Readonly<Record<string, string | number | null>>;
  readonly set: readonly string[];
  readonly seed: number;
}

/** The line of letitcrash that does it again, with the seed that was drawn where none was said. */
export function commandLine({ words, options = {}, set, seed }: Repeated): string {
  const said = Object.entries(options).flatMap(([name, value]) => (value === null ? [] : [`--${name}`, String(value)]));
  const overrides = set.flatMap((override) => ['--set', override]);
  return ['letitcrash', ...words, ...said, ...overrides, '--seed', String(seed)].map(shellWord).join(' ');
}

/** One word of it: quoted for a POSIX shell where it must be. */
export function shellWord(word: string): string {
  return /^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

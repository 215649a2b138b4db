/** Command lines that people can copy to repeat what was played. Pure. */

export interface Repeated {
  /** The command and its arguments: `['compare', 'nodes=1', 'nodes=3']`. */
  readonly words: readonly string[];
  /** Options by name, in this order; null for one that was not given. */
  readonly options?: Readonly<Record<string, string | number | null>>;
  readonly set: readonly string[];
  readonly seed: number;
}

/** The command line that repeats it, with the seed that was given or drawn. */
export function commandLine({ words, options = {}, set, seed }: Repeated): string {
  const said = Object.entries(options).flatMap(([name, value]) => (value === null ? [] : [`--${name}`, String(value)]));
  const overrides = set.flatMap((override) => ['--set', override]);
  return ['letitcrash', ...words, ...said, ...overrides, '--seed', String(seed)].map(shellWord).join(' ');
}

/** One word of a command line, quoted for a POSIX shell if necessary. */
export function shellWord(word: string): string {
  return /^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** One word of a command line that is printed to be copied: quoted for a POSIX shell where it must be. */
export function shellWord(word: string): string {
  return /^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

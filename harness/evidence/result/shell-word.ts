/** One word of a command line that is printed to be copied: quoted for a POSIX shell if necessary. */
export function shellWord(word: string): string {
  return /^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

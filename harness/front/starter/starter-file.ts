/** A file that `letitcrash init` writes. */
export interface StarterFile {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
  /** What it is, in a line. */
  readonly what: string;
}

/** A file that `letitcrash init` writes. */
export interface StarterFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
  /** What it is, in one line. */
  readonly what: string;
}

/** Mutants that no test can notice, since the program does the same with them; each with the reason. */
export interface EquivalentMutant {
  readonly file: string;
  /** The code that is replaced, as it stands there. */
  readonly code: string;
  readonly replacement: string;
  readonly because: string;
}

export const equivalent: readonly EquivalentMutant[] = [];

/**
 * The code that is tested by mutation, and the share of its mutants that its tests must notice. An area is what runs without sockets and
 * processes, so that thousands of mutants are affordable.
 */
export interface Area {
  /** A folder of the repository. */
  readonly folder: string;
  /** Share of the mutants that a test notices, in percent. */
  readonly goal: number;
}

/** Of two areas that hold a file, the first counts. */
export const areas: readonly Area[] = [
  { folder: 'harness/evidence', goal: 90 },
  { folder: 'harness/studies/compare', goal: 90 },
  { folder: 'harness/studies/gate', goal: 90 },
  { folder: 'harness/studies', goal: 75 },
  { folder: 'harness/plan', goal: 75 },
  { folder: 'reports', goal: 75 },
  { folder: 'targets/protocol', goal: 80 },
  { folder: 'targets/reference/messaging', goal: 80 },
  { folder: 'targets/reference/runtime', goal: 80 },
];

export function areaOf(file: string): Area | undefined {
  return areas.find(({ folder }) => file.startsWith(`${folder}/`));
}

/**
 * The house in one table: which rooms there are, from the top down. A room may import only rooms below it, so that nothing reaches back up.
 * The tests of this folder hold the tree to it; `node test/rules/print-arrows.ts` prints who imports whom.
 */

/** A wing is a folder of rooms; rooms of one wing are in order too. `contracts`, `reports` and `targets` are rooms without a wing. */
export const ROOMS: readonly string[] = [
  // Where npx looks for the command in checkouts that were used before it moved: one line, which leads to front/cli.
  'harness/cli',
  'harness/front/cli',
  'harness/front/starter',
  'harness/front/observe',
  'harness/front/library',
  'harness/front/watch',
  'reports',
  'harness/studies/gate',
  'harness/studies/history',
  'harness/studies/diff',
  'harness/studies/explore',
  'harness/studies/compare',
  'harness/studies/import',
  'harness/run/conductor',
  'harness/run/profile',
  'harness/run/folder',
  'harness/run/faults',
  'harness/run/load',
  'harness/run/drivers',
  'harness/run/arena',
  'harness/run/tools',
  'harness/plan/own-server',
  'harness/plan/arrivals',
  'harness/plan/scenario',
  'harness/contracts',
  'harness/evidence/metrics',
  'harness/evidence/measure',
  'harness/evidence/ledger',
  'harness/evidence/stats',
  'harness/evidence/result',
  'targets',
];

/** Boundaries: of these rooms, others may import only what is listed, and only those listed may import it where there is a list of guests. */
export interface Boundary {
  /** The room that is entered. */
  readonly room: string;
  /** Who enters: whatever lies under this path; any other room where null. */
  readonly guest: string | null;
  /** Paths through which the guest may enter; a folder stands for all in it. */
  readonly through: readonly string[];
  readonly law: string;
}

export const BOUNDARIES: readonly Boundary[] = [
  {
    room: 'targets',
    guest: 'harness',
    through: ['targets/target.ts', 'targets/index.ts', 'targets/protocol'],
    law: 'the harness knows targets only through targets/target.ts, targets/index.ts and targets/protocol',
  },
  {
    room: 'harness/studies',
    guest: 'harness/front/cli',
    through: [],
    law: 'a command parses, calls the library and prints: what is played and what it means, it hears from harness/front/library',
  },
  {
    room: 'harness',
    guest: 'reports',
    through: ['harness/evidence/result'],
    law: 'a report is a pure function of a Result: of the harness it imports evidence/result and nothing else',
  },
  {
    room: 'targets',
    guest: 'reports',
    through: [],
    law: 'a report is a pure function of a Result: it imports no target',
  },
];

/** Circles of files that may stay, each file named, with the reason. */
export const CIRCLES: readonly { readonly within: string; readonly reason: string }[] = [
  {
    within: 'targets/reference/runtime',
    reason:
      'kernel, scheduler, signals and distribution of the runtime are one machine in several files; what they know of each other as values, they are given when the kernel is made',
  },
];

/** The options of playing a plan. */

import type { Target } from '../../../targets/target.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import type { RunFolder } from '../folder/run-folder.ts';
import type { Profiler } from '../profile/profiler.ts';
import type { EarlyEnd } from './early-end.ts';
import type { Neighbours } from './neighbours.ts';
import type { RunEvent } from './progress.ts';
import type { RunJournal } from './run-journal.ts';
import type { StandingServer } from './standing-server.ts';

export interface RunOptions {
  readonly outDir: string;
  /** Ends the run at once: everything is undone, and nothing of it is kept. */
  readonly signal: AbortSignal;
  /** Ends it early: what was measured is kept, in a Result that says so. Its reason names who asked, such as SIGINT. */
  readonly interrupt?: AbortSignal;
  readonly progress: (event: RunEvent) => void;
  /** Replaces the target that the plan names, for example by another version of it. */
  readonly target?: Target;
  /** A server that is already running: the run plays on it, and leaves it running. */
  readonly standing?: StandingServer;
  /** Profiles the nodes under load. */
  readonly profiler?: Profiler;
}

/** What each kind of run is given: `signal` is then whatever ends it at once. */
export interface PlayedOptions extends RunOptions {
  readonly end: EarlyEnd;
  readonly neighbours: Neighbours;
}

/** What a run of any kind is made of. */
export interface RunParts {
  readonly plan: Plan;
  readonly target: Target;
  readonly folder: RunFolder;
  readonly journal: RunJournal;
  readonly options: PlayedOptions;
}

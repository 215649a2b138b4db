/** What whoever has a plan played may ask for beside it. */
import type { Target } from '../../targets/target.ts';
import type { Profiler } from '../profile/profiler.ts';
import type { RunEvent } from './progress.ts';
import type { StandingServer } from './standing-server.ts';

export interface RunOptions {
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly progress: (event: RunEvent) => void;
  /** Instead of the target that the plan names: another version's, say. */
  readonly target?: Target;
  /** A server that runs already: the run plays on it, and leaves it running. */
  readonly standing?: StandingServer;
  /** Looks into the nodes while they are loaded. */
  readonly profiler?: Profiler;
}

/**
 * Plays a plan, by whatever kind of run its load asks for.
 *
 * In: a Plan. Out: a Result and a run folder. Whatever happens (a failure, an abort, the end of this process), every process that
 * was started here is ended here, by handle.
 */
import type { Target } from '../../targets/target.ts';
import { requireK6 } from '../drivers/k6/k6-program.ts';
import type { Profiler } from '../profile/profiler.ts';
import type { Result } from '../result/result.ts';
import { K6_DRIVER, type Plan } from '../scenario/plan.ts';
import { availableTarget, requireOfMachine, requireOfTarget } from './available-target.ts';
import type { RunRecord } from './build-result.ts';
import { HttpRun } from './http-run.ts';
import { K6Run } from './k6-run.ts';
import { MessageRun } from './message-run.ts';
import type { RunEvent } from './progress.ts';
import { RunError } from './run-error.ts';
import { clearScratch, makeRunFolder } from './run-folder.ts';
import { openRunJournal } from './run-journal.ts';
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

export interface FinishedRun {
  readonly result: Result;
  readonly runDir: string;
  /** What the Result was made of; as large as the run was long. Null for requests alone, without messages. */
  readonly record: RunRecord | null;
}

/**
 * Runs a plan to its Result.
 * @throws RunError when the target cannot run here, the server does not start or the users cannot connect; the signal's reason when aborted.
 */
export async function runScenario(plan: Plan, options: RunOptions): Promise<FinishedRun> {
  options.signal.throwIfAborted();
  const target = await availableTarget(plan.target.use, options.target);
  await requireOfMachine(plan.faults);
  if (plan.load.driver === K6_DRIVER) await requireK6();
  if (options.profiler !== undefined) {
    if (plan.http?.url != null && plan.load.model.kind === 'closed')
      throw new RunError('target-unavailable', `${plan.http.url} cannot be profiled: letitcrash did not start it`);
    requireOfTarget(target, 'node-runtime', 'profiled');
  }
  // First, for nothing may be touched in a folder that is another run's.
  const journal = openRunJournal(options.outDir);
  const folder = await makeRunFolder(options.outDir).catch((error: unknown) => {
    journal.close();
    throw error;
  });
  const Played = plan.load.driver === K6_DRIVER ? K6Run : plan.load.model.kind === 'closed' ? HttpRun : MessageRun;
  const run = new Played(plan, target, folder, journal, options);
  const killNow = (): void => run.killNow();
  process.once('exit', killNow);
  let keepObservations = false;
  try {
    const { result, record } = await run.play();
    keepObservations = result.verdict === 'fail';
    return { result, runDir: folder.path, record };
  } finally {
    await run.stop();
    process.off('exit', killNow);
    await clearScratch(folder, keepObservations);
    run.closeJournal();
  }
}

/** One run, from a scenario to its Result and its reports. */

import type { Result } from '../result/result.ts';
import type { RunEvent } from '../run/progress.ts';
import { defaultRunPath } from '../run/run-folder.ts';
import type { StandingServer } from '../run/standing-server.ts';
import type { Plan } from '../scenario/plan.ts';
import { startWatchers, type WatchOptions } from '../watch/start-watchers.ts';
import { type PlanOptions, plan, type ScenarioGiven } from './plan.ts';
import { writeReports } from './report-files.ts';

export interface PlayOptions extends WatchOptions {
  /** The run folder; without it runs/<time>-<scenario>-<target> in the working directory. */
  readonly outDir?: string;
  /** Ends the run: everything that was started is ended, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with each phase, each fault as it strikes and heals, and about once a second meanwhile. Nothing is printed without it. */
  readonly onProgress?: (event: RunEvent) => void;
}

export interface RunOptions extends PlanOptions, PlayOptions {}

export interface RunOutcome {
  /** The document: result.json. Its `verdict` is pass, fail, invalid or unknown. */
  readonly result: Result;
  readonly runDir: string;
  /** report.html in it. */
  readonly reportPath: string;
}

/**
 * Plays a scenario, writes its run folder and reports, and gives the Result: what `letitcrash run` does, without its arena (so a fault
 * that needs one is refused) and without printing. A failed run is a Result, not an exception.
 * @throws ScenarioError for mistakes in the scenario, RunError when the target or the machine cannot, ForeignEndpointError for servers
 *   elsewhere that the scenario does not call its own, WatchError when nobody can follow the run as asked, the signal's reason when
 *   aborted.
 */
export async function run(scenario: ScenarioGiven, options: RunOptions = {}): Promise<RunOutcome> {
  return playPlan(await plan(scenario, options), options);
}

/** The same for a plan. `standing`: a server that runs already, and stays. */
export async function playPlan(plan: Plan, options: PlayOptions, standing?: StandingServer): Promise<RunOutcome> {
  const onProgress = options.onProgress ?? (() => undefined);
  const watchers = await startWatchers(plan, options, onProgress);
  // Loaded only now: lists, help and mistakes need no generator.
  const { runScenario } = await import('../run/conductor.ts');
  try {
    const { result, runDir } = await runScenario(plan, {
      outDir: options.outDir ?? defaultRunPath(new Date(), plan.scenario.name, plan.target.use),
      signal: options.signal ?? new AbortController().signal,
      progress: (event) => {
        watchers.event(event);
        onProgress(event);
      },
      ...(standing === undefined ? {} : { standing }),
    });
    watchers.event({ kind: 'end', result });
    return { result, runDir, reportPath: await writeReports(result, runDir) };
  } catch (error) {
    // Timers that were cut short say so in words of their own.
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    await watchers.close();
  }
}

/** One run, from a scenario to its Result and its reports. */
import type { Plan } from '../../plan/scenario/plan.ts';
import { type PlanOptions, plan, type ScenarioGiven } from './plan.ts';
import { followed, type PlayOptions, playPlan, type RunOutcome } from './play-plan.ts';

export interface RunOptions extends PlanOptions, PlayOptions {
  /**
   * Plays it in an arena (Linux): in a process of its own, in namespaces of its own, which end with this process, by whatever means. Faults
   * that mount or filter need it. What is on this machine's network is out of reach from there.
   */
  readonly arena?: boolean;
}

/**
 * Plays a scenario, writes its run folder and reports, and gives the Result: what `letitcrash run` does, in an arena only where it is told
 * to (without, a fault that needs one is refused), and without printing. A failed run is a Result, not an exception.
 * @throws ScenarioError for mistakes in the scenario, RunError when the target or the machine cannot, ForeignEndpointError for servers
 *   elsewhere that the scenario does not call its own, WatchError when nobody can follow the run as asked, ProfileError and
 *   ToolError when no profile can be made, the signal's reason when aborted.
 */
export async function run(scenario: ScenarioGiven, options: RunOptions = {}): Promise<RunOutcome> {
  const planned = await plan(scenario, options);
  return options.arena === true ? playPlanInArena(planned, options) : playPlan(planned, options);
}

/** A plan in an arena; those who follow it stay outside. */
export async function playPlanInArena(plan: Plan, options: PlayOptions): Promise<RunOutcome> {
  const { playInArena } = await import('./play-in-arena.ts');
  const { outDir, profile, signal, interrupt } = options;
  const given = {
    ...(outDir === undefined ? {} : { outDir }),
    ...(signal === undefined ? {} : { signal }),
    ...(interrupt === undefined ? {} : { interrupt }),
    ...(profile === undefined ? {} : { profile }),
  };
  return followed(plan, options, (onProgress) => playInArena(plan, { ...given, onProgress }));
}

/** One run, from a scenario to its Result and its reports. */
import type { Plan } from '../../plan/scenario/plan.ts';
import { type PlanOptions, plan, type ScenarioGiven } from './plan.ts';
import { followed, type PlayOptions, playPlan, type RunOutcome } from './play-plan.ts';

export interface RunOptions extends PlanOptions, PlayOptions {
  /**
   * Plays in an arena (Linux): in a separate process with its own namespaces, which ends with this process, however that ends. Faults that
   * mount or filter need it. The network of this machine cannot be reached from there.
   */
  readonly arena?: boolean | undefined;
}

/**
 * Plays a scenario, writes its run folder and reports, and returns the Result. This is what `letitcrash run` does, but it prints nothing
 * and uses an arena only if told to (without one, a fault that needs it is refused). A failed run is a Result, not an exception.
 * @throws ScenarioError for mistakes in the scenario; RunError if the target or the machine cannot play it; ForeignEndpointError for
 * servers elsewhere that the scenario does not declare as owned; WatchError if the run cannot be followed as requested; ProfileError and
 * ToolError if no profile can be made; the signal's reason when aborted.
 */
export async function run(scenario: ScenarioGiven, options: RunOptions = {}): Promise<RunOutcome> {
  const planned = await plan(scenario, options);
  return options.arena === true ? playPlanInArena(planned, options) : playPlan(planned, options);
}

/** Plays a plan in an arena; its watchers stay outside. */
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

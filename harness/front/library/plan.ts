/** Turns a scenario, given by name, by file or as data, into a Plan. */
import { createHash } from 'node:crypto';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import type { ScenarioInput } from '../../plan/scenario/schema.ts';
import { placeInFile, type SourceOutcome } from '../../plan/scenario/source.ts';
import { planLoaded } from '../../run/conductor/plan-given.ts';
import { scenarioError } from './scenario-error.ts';

/** A bundled scenario's name, the path of a .yaml, .json or .ts file, or a scenario as data. */
export type ScenarioGiven = string | ScenarioInput;

export interface PlanOptions {
  /** Overrides, as `--set` takes them: `load.rate=4000/s`. */
  readonly set?: readonly string[] | undefined;
  /** The seed of everything random; by default the scenario's own, or one that is drawn and recorded in the result. */
  readonly seed?: number | undefined;
}

/**
 * Checks a scenario and decides everything about its run; starts nothing.
 * @throws ScenarioError with every mistake in it, each with its place and what would be right.
 */
export async function plan(scenario: ScenarioGiven, { set = [], seed }: PlanOptions = {}): Promise<Plan> {
  const source = typeof scenario === 'string' ? await loadScenario(scenario) : sourceOf(scenario);
  const planned = await planLoaded(source, { set, seed: seed ?? null });
  if (!planned.ok) throw scenarioError(planned.problems);
  return planned.plan;
}

/** Paths in it are relative to the working directory. */
function sourceOf(scenario: ScenarioInput): SourceOutcome {
  const text = JSON.stringify(scenario);
  const file = 'scenario';
  return {
    ok: true,
    source: {
      given: file,
      file,
      sha256: createHash('sha256').update(text).digest('hex'),
      summary: scenario.summary ?? '',
      // A copy, so that the caller cannot change it during the run.
      data: JSON.parse(text),
      locate: (path) => placeInFile(file, path),
    },
  };
}

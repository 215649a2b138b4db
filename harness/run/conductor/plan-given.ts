/** Turns what a user gives (a scenario, overrides, a seed) into a Plan: planning, with the files that the scenario names for its server. */
import { randomInt } from 'node:crypto';
import { withOwnFiles } from '../../plan/own-server/own-files.ts';
import { type PlanOutcome, planScenario } from '../../plan/scenario/plan-scenario.ts';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import type { ScenarioSource, SourceOutcome } from '../../plan/scenario/source.ts';
import { catalogue } from './catalogue.ts';

export interface Given {
  /** `path=value`, as `--set` takes them. */
  readonly set: readonly string[];
  /** Overrides the scenario's own; null means the scenario's, or a random one. */
  readonly seed: number | null;
}

/** Plans a scenario's source; mistakes are returned as problems, never thrown. */
export async function planGiven(source: ScenarioSource, { set, seed }: Given): Promise<PlanOutcome> {
  return planScenario(source, {
    catalogue: await withOwnFiles(source, set, catalogue),
    overrides: set,
    seed,
    drawnSeed: randomInt(MAX_SEED + 1),
  });
}

/** The same for a source that could perhaps not be read. */
export async function planLoaded(loaded: SourceOutcome, given: Given): Promise<PlanOutcome> {
  return loaded.ok ? planGiven(loaded.source, given) : loaded;
}

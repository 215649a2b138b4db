/** Everything of a gate that can be wrong before anything runs: both sources built, their targets found, both plans made. */
import type { Target } from '../../targets/target.ts';
import { faultKinds } from '../faults/catalogue.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import type { Plan } from '../scenario/plan.ts';
import { planScenario } from '../scenario/plan-scenario.ts';
import { describeProblem } from '../scenario/problem.ts';
import type { ScenarioSource } from '../scenario/source.ts';
import type { Building, BuiltSource } from './checkout.ts';
import { GateError } from './gate-error.ts';
import { buildSource } from './side-source.ts';
import { targetsOf } from './side-targets.ts';

export interface GateRequest {
  readonly baseline: string;
  readonly candidate: string;
  /** Bundled name or path. */
  readonly scenario: string;
  /** The `--set` overrides, for both sides. */
  readonly overrides: readonly string[];
  readonly seed: number;
}

export interface GateSide {
  readonly plan: Plan;
  readonly target: Target;
  readonly source: BuiltSource;
}

export interface GateSides {
  readonly baseline: GateSide;
  readonly candidate: GateSide;
}

/** @throws GateError for whatever is wrong. */
export async function prepareSides(request: GateRequest, building: Building): Promise<GateSides> {
  const loaded = await loadScenario(request.scenario);
  if (!loaded.ok) throw new GateError('usage', loaded.problems.map(describeProblem).join('\n'));
  // The candidate first: it is here, and a mistake in the scenario shows without waiting for npm.
  const candidate = await prepareSide(request.candidate, 'candidate', loaded.source, request, building);
  const baseline = await prepareSide(request.baseline, 'baseline', loaded.source, request, building);
  return { baseline, candidate };
}

async function prepareSide(
  written: string,
  role: keyof GateSides,
  scenario: ScenarioSource,
  { overrides, seed }: GateRequest,
  building: Building,
): Promise<GateSide> {
  const source = await buildSource(written, building);
  const targets = await targetsOf(source);
  const planned = planScenario(scenario, { catalogue: { targets, faultKinds }, overrides, seed });
  if (!planned.ok) {
    const problems = planned.problems.map((problem) => `the ${role} (${source.label}): ${describeProblem(problem)}`);
    throw new GateError('usage', problems.join('\n'));
  }
  const { plan } = planned;
  const target = targets.get(plan.target.use);
  if (target === undefined) throw new GateError('usage', `the ${role} (${source.label}): has no target ${plan.target.use}`);
  const availability = await target.availability();
  if (!availability.available) {
    const { reason, remedy } = availability;
    throw new GateError('environment', `the ${role} (${source.label}): ${target.name} cannot run here: ${reason}\n  ${remedy}`);
  }
  return { plan, target, source };
}

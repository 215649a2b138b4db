/**
 * Everything of a gate that can be wrong before anything runs: both sources are built, their targets are found, and both plans are made.
 */
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { Target } from '../../../targets/target.ts';
import { RunError } from '../../contracts/run-error.ts';
import { ownTargetFile, withOwnFiles } from '../../plan/own-server/own-files.ts';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { planScenario } from '../../plan/scenario/plan-scenario.ts';
import { describeProblem } from '../../plan/scenario/problem.ts';
import type { ScenarioSource } from '../../plan/scenario/source.ts';
import { availableTarget } from '../../run/conductor/available-target.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import type { Building, BuiltSource } from './checkout.ts';
import { GateError } from './gate-error.ts';
import { buildSource } from './side-source.ts';
import { targetsModule, targetsOf } from './side-targets.ts';

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
  /** Null if the revision has no such server yet: the change adds it, and there is nothing to compare it with. */
  readonly baseline: GateSide | null;
  readonly candidate: GateSide;
  /** If there is no baseline: what the revision lacks, in words. */
  readonly lacks: string | null;
}

/** @throws GateError for every mistake, ToolError if npm, git or a build fails. */
export async function prepareSides(request: GateRequest, building: Building): Promise<GateSides> {
  const loaded = await loadScenario(request.scenario);
  if (!loaded.ok) throw new GateError('request', loaded.problems.map(describeProblem).join('\n  '));
  // The candidate first: it is here, and a mistake in the scenario shows without waiting for npm.
  const after = await buildSource(request.candidate, building);
  const candidate = await prepareSide({ role: 'candidate', source: after }, loaded.source, request, building);
  const before = await buildSource(request.baseline, building);
  const lacks = whatIsLacking(before, ownTargetFile(loaded.source, request.overrides), building);
  if (lacks !== null) return { baseline: null, candidate, lacks };
  return {
    baseline: await prepareSide({ role: 'baseline', source: before }, loaded.source, request, building),
    candidate,
    lacks,
  };
}

/** What a revision lacks that the candidate has, in words; null if it lacks nothing. */
function whatIsLacking(source: BuiltSource, ownFile: string | null, building: Building): string | null {
  if (!source.isRevision) return null;
  if (ownFile === null) return targetsModule(source.root) === null ? `${source.label} has neither targets nor letitcrash` : null;
  const file = within(source, ownFile, building);
  return existsSync(file) ? null : `${source.label} has no ${relative(source.root, file)}`;
}

async function prepareSide(
  { role, source }: { readonly role: 'baseline' | 'candidate'; readonly source: BuiltSource },
  scenario: ScenarioSource,
  { overrides, seed }: GateRequest,
  building: Building,
): Promise<GateSide> {
  const own = ownTargetFile(scenario, overrides) !== null;
  const bundled = own ? new Map<string, Target>() : await targetsOf(source);
  const known = await withOwnFiles(scenario, overrides, { ...catalogue, targets: bundled }, (file) =>
    within(source, file, building),
  );
  const planned = planScenario(scenario, { catalogue: known, overrides, seed });
  if (!planned.ok) {
    const problems = planned.problems.map((problem) => `the ${role} (${source.label}): ${describeProblem(problem)}`);
    throw new GateError('request', problems.join('\n  '));
  }
  const { plan } = planned;
  const target = await availableTarget(plan.target.use, bundled.get(plan.target.use)).catch((error: unknown) => {
    if (!(error instanceof RunError)) throw error;
    throw new GateError('machine', `the ${role} (${source.label}): ${error.message}`);
  });
  return { plan, target, source };
}

/** The file of a target in a side's own root: its contents there, whatever they are here. */
function within({ label, root }: BuiltSource, file: string, { cwd }: Building): string {
  for (const base of [root, cwd]) {
    const path = relative(base, file);
    if (!path.startsWith('..') && !isAbsolute(path)) return join(root, path);
  }
  throw new GateError(
    'request',
    `${file}: is neither in this folder nor in ${label}, so the sides cannot each have their own\n  name a target within the project`,
  );
}

/** From what a search is asked for to the plan of its runs and the kinds of fault to draw; every mistake at once. Starts nothing. */
import { resolve } from 'node:path';
import type { Target } from '../../../targets/target.ts';
import { RunError } from '../../contracts/run-error.ts';
import { plural } from '../../evidence/result/format.ts';
import { isModulePath } from '../../plan/own-server/module-path.ts';
import { knownTargets } from '../../plan/scenario/catalogue.ts';
import { suggestion } from '../../plan/scenario/did-you-mean.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { isOfServer, type Problem } from '../../plan/scenario/problem.ts';
import { targetOf } from '../../run/conductor/available-target.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { planGiven } from '../../run/conductor/plan-given.ts';
import { drawableKinds } from './drawable-kinds.ts';
import { explorationScenario } from './exploration-scenario.ts';
import { type FaultRecipe, faultRecipes } from './fault-arbitraries.ts';

/** Stands for one that is not there. */
const ANY_TARGET = 'reference';

export interface Asked {
  /** A target's name, or the path of a file that exports one. */
  readonly target: string;
  readonly nodes: number;
  /** Kinds to draw from; null: all that apply. */
  readonly faults: readonly string[] | null;
  readonly set: readonly string[];
  readonly seed: number | null;
}

export interface PreparedExploration {
  readonly ok: true;
  readonly plan: Plan;
  readonly recipes: readonly FaultRecipe[];
}

export interface RefusedExploration {
  readonly ok: false;
  /** Of the target and the kinds, in words. */
  readonly mistakes: readonly string[];
  /** Of the repeated run, by `set`. */
  readonly problems: readonly Problem[];
}

export async function prepareExploration(asked: Asked): Promise<PreparedExploration | RefusedExploration> {
  const { nodes, faults, set, seed } = asked;
  const found = await foundTarget(asked.target);
  const mistakes = 'refused' in found ? [found.refused] : [];
  // Of a target that is not there nothing is known; what else is wrong is wrong with any.
  const { target, use } = 'refused' in found ? { target: await targetOf(ANY_TARGET), use: ANY_TARGET } : found;
  const planned = await planGiven(explorationScenario(target, nodes, use), { set, seed });
  const problems = planned.ok ? [] : planned.problems.filter((problem) => mistakes.length === 0 || !isOfServer(problem));
  const plan = planned.ok ? planned.plan : null;
  if (plan !== null && plan.faults.length > 0)
    mistakes.push('--set faults: an exploration draws the faults itself\n  use --faults <kinds>');
  const known = faultRecipes.map(({ kind }) => kind);
  for (const unknown of new Set(faults?.filter((kind) => !known.includes(kind))))
    mistakes.push(`--faults ${unknown}: is not a kind that exploration draws\n  ${suggestion(unknown, known, 'kinds')}`);
  const subject = { capabilities: target.capabilities, nodes: plan?.target.nodes ?? nodes };
  const recipes = drawableKinds(subject, catalogue.faultKinds, faults);
  if (recipes.length === 0 && mistakes.length === 0) {
    const able = drawableKinds(subject, catalogue.faultKinds, null).map(({ kind }) => kind);
    mistakes.push(
      `--faults ${faults?.join(',') ?? 'all'}: not supported by the target ${target.name} with ${plural(subject.nodes, 'node')}\n  these apply: ${able.join(', ')}`,
    );
  }
  return plan === null || mistakes.length > 0 ? { ok: false, mistakes, problems } : { ok: true, plan, recipes };
}

type FoundTarget = { readonly target: Target; readonly use: string } | { readonly refused: string };

/** By its name, or from its file. */
async function foundTarget(given: string): Promise<FoundTarget> {
  const names = knownTargets(catalogue).map(({ name }) => name);
  if (!isModulePath(given) && !names.includes(given))
    return { refused: `--target ${given}: is not a target\n  ${suggestion(given, names, 'targets')}` };
  const use = isModulePath(given) ? resolve(given) : given;
  try {
    return { target: await targetOf(use), use };
  } catch (error) {
    if (error instanceof RunError) return { refused: `--target ${error.message}` };
    throw error;
  }
}

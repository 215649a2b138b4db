/**
 * Turns the request for a search into the plan of its runs and the kinds of fault to draw, or reports every mistake in words. Starts
 * nothing.
 */
import { resolve } from 'node:path';
import { RunError } from '../../contracts/run-error.ts';
import { plural } from '../../evidence/result/format.ts';
import { isModulePath } from '../../plan/own-server/module-path.ts';
import { knownTargets } from '../../plan/scenario/catalogue.ts';
import { suggestion } from '../../plan/scenario/did-you-mean.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { describeProblem, type Problem } from '../../plan/scenario/problem.ts';
import { targetOf } from '../../run/conductor/available-target.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { planGiven } from '../../run/conductor/plan-given.ts';
import { drawableKinds } from './drawable-kinds.ts';
import { explorationScenario } from './exploration-scenario.ts';
import { type FaultRecipe, faultRecipes } from './fault-arbitraries.ts';

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
  /** The command line of the same search, without its lengths and its seed. */
  readonly words: readonly string[];
}

export interface RefusedExploration {
  readonly ok: false;
  readonly message: string;
  /** If the mistake is in the repeated run, set by `set`. */
  readonly problems: readonly Problem[];
}

export async function prepareExploration(asked: Asked): Promise<PreparedExploration | RefusedExploration> {
  const { nodes, faults, set, seed } = asked;
  const refuse = (message: string): RefusedExploration => ({ ok: false, message, problems: [] });
  const names = knownTargets(catalogue).map(({ name }) => name);
  if (!isModulePath(asked.target) && !names.includes(asked.target)) {
    return refuse(`--target ${asked.target}: is not a target\n  ${suggestion(asked.target, names, 'targets')}`);
  }
  const use = isModulePath(asked.target) ? resolve(asked.target) : asked.target;
  const target = await targetOf(use).catch((error: unknown) => {
    if (error instanceof RunError) return error;
    throw error;
  });
  if (target instanceof RunError) return refuse(`--target ${target.message}`);
  const planned = await planGiven(explorationScenario(target, nodes, use), { set, seed });
  if (!planned.ok) return { ok: false, message: planned.problems.map(describeProblem).join('\n'), problems: planned.problems };
  const { plan } = planned;
  if (plan.faults.length > 0) return refuse('--set faults: exploration draws the faults itself\n  say --faults <kinds>');
  const known = faultRecipes.map(({ kind }) => kind);
  const unknown = faults?.find((kind) => !known.includes(kind));
  if (unknown !== undefined) {
    return refuse(`--faults ${unknown}: is not a kind that exploration draws\n  ${suggestion(unknown, known, 'kinds')}`);
  }
  const subject = { capabilities: target.capabilities, nodes: plan.target.nodes };
  const recipes = drawableKinds(subject, catalogue.faultKinds, faults);
  if (recipes.length === 0) {
    const able = drawableKinds(subject, catalogue.faultKinds, null).map(({ kind }) => kind);
    return refuse(
      `--faults ${faults?.join(',') ?? 'all'}: beyond the target ${target.name} with ${plural(subject.nodes, 'node')}\n  what applies: ${able.join(', ')}`,
    );
  }
  return { ok: true, plan, recipes, words: commandWords(asked, plan) };
}

function commandWords({ faults, set }: Asked, { target }: Plan): readonly string[] {
  const words = ['letitcrash', 'explore', '--target', target.use, '--nodes', String(target.nodes)];
  if (faults !== null) words.push('--faults', faults.join(','));
  for (const override of set) words.push('--set', /^[\w./=:@%+-]+$/.test(override) ? override : `'${override}'`);
  return words;
}

/** Turns the words of two sides into two plans, or into everything that is wrong with either. */

import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import { type Problem, quoted } from '../../plan/scenario/problem.ts';
import { placeInFile } from '../../plan/scenario/source.ts';
import { planLoaded } from '../../run/conductor/plan-given.ts';
import type { ComparisonSide, ComparisonSides } from './comparison-sides.ts';
import { readSide } from './side-words.ts';

export interface SidesRequest {
  /** As written: see side-words.ts. */
  readonly a: string;
  readonly b: string;
  /** The scenario of a side that names none. */
  readonly scenario: string;
  /** `--set`, for both sides; a side's own overrides come after them. */
  readonly set: readonly string[];
  readonly seed: number;
  readonly isTarget: (word: string) => boolean;
}

export type SidesOutcome =
  | { readonly ok: true; readonly sides: ComparisonSides }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A problem that both sides have is reported once. */
export async function planSides(request: SidesRequest): Promise<SidesOutcome> {
  const [a, b] = [await planSide(request.a, request), await planSide(request.b, request)];
  if (!Array.isArray(a) && !Array.isArray(b)) return { ok: true, sides: { a, b } };
  const problems = [a, b].flatMap((side) => (Array.isArray(side) ? side : []));
  const told = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return { ok: false, problems: [...told.values()] };
}

async function planSide(text: string, { scenario, set, seed, isTarget }: SidesRequest): Promise<ComparisonSide | Problem[]> {
  const words = readSide(text, isTarget);
  if (typeof words === 'string') {
    const remedy = 'letitcrash compare durability=fsync durability=memory';
    return [{ code: 'override', place: placeInFile('compare'), value: text, message: `${quoted(text)} ${words}`, remedy }];
  }
  const loaded = await loadScenario(words.scenario ?? scenario);
  const planned = await planLoaded(loaded, { set: [...set, ...words.overrides], seed });
  return planned.ok ? { label: words.text, plan: planned.plan, source: null } : [...planned.problems];
}

/** A search for a schedule of faults that breaks a delivery property, from what is asked for to what was found. */

import { defaultRunPath } from '../../run/folder/run-folder.ts';
import type { ExplorationEvent, FinishedExploration } from '../../studies/explore/exploration.ts';
import { type PreparedExploration, prepareExploration } from '../../studies/explore/prepare-exploration.ts';
import { ScenarioError } from './scenario-error.ts';

const DEFAULT_BUDGET_MS = 10 * 60_000;
const DEFAULT_TIMES = 10;

export interface SearchOptions {
  /** Schedules to play; without it, until the budget is spent. */
  readonly schedules?: number;
  /** Milliseconds of search, 10 minutes where `schedules` is not said either. */
  readonly budgetMs?: number;
  /** Milliseconds for reducing what is found, beyond the search; without it as many as the search has, or 10 minutes. */
  readonly reduceMs?: number;
  /** Fresh runs of a reduced schedule, for its rate; 10 without. */
  readonly times?: number;
  /** Without it runs/<time>-explore-<target> in the working directory. */
  readonly outDir?: string;
  /** Ends the search: everything that was started is ended, and what was found until then is the result. */
  readonly signal?: AbortSignal;
  /** Called after each schedule and with each finding. Nothing is printed without it. */
  readonly onProgress?: (event: ExplorationEvent) => void;
}

export interface ExploreOptions extends SearchOptions {
  /** A target's name, or the path of a file that exports one; `reference` without. */
  readonly target?: string;
  /** Nodes of the cluster; 1 without. */
  readonly nodes?: number;
  /** Kinds to draw from; all that apply without. */
  readonly faults?: readonly string[];
  /** Overrides of the short run that is repeated: `load.rate=300/s`. */
  readonly set?: readonly string[];
  readonly seed?: number;
}

/**
 * Draws schedules of faults, plays each in a short run against a cluster that stays warm, judges it by the ledger, and reduces what
 * breaks a property to the smallest schedule that still does: what `letitcrash explore` does, outside an arena.
 * @throws ScenarioError for mistakes in the options, RunError when the target or the machine cannot.
 */
export async function explore(options: ExploreOptions = {}): Promise<FinishedExploration> {
  const { target = 'reference', nodes = 1, faults, set = [], seed } = options;
  const prepared = await prepareExploration({ target, nodes, faults: faults ?? null, set, seed: seed ?? null });
  if (!prepared.ok) throw new ScenarioError(prepared.message, prepared.problems);
  return search(prepared, options);
}

/** The same from what was prepared. */
export async function search(
  { plan, recipes, words }: Pick<PreparedExploration, 'plan' | 'recipes' | 'words'>,
  options: SearchOptions,
): Promise<FinishedExploration> {
  const { schedules = null, times = DEFAULT_TIMES, budgetMs = schedules === null ? DEFAULT_BUDGET_MS : null } = options;
  const { reduceMs = budgetMs ?? DEFAULT_BUDGET_MS } = options;
  // Loaded only now: help and mistakes need no generator.
  const { exploreReal } = await import('../../studies/explore/exploration.ts');
  return exploreReal({
    plan,
    recipes,
    seed: plan.seed,
    schedules,
    times,
    budgetMs,
    reduceMs,
    outDir: options.outDir ?? defaultRunPath(new Date(), 'explore', plan.target.use),
    reproduce: [
      ...words,
      ...(schedules === null ? [] : ['--schedules', String(schedules)]),
      ...(options.budgetMs === undefined ? [] : ['--budget', `${options.budgetMs}ms`]),
      ...(options.reduceMs === undefined ? [] : ['--reduce', `${options.reduceMs}ms`]),
      '--seed',
      String(plan.seed),
    ].join(' '),
    signal: options.signal ?? new AbortController().signal,
    progress: options.onProgress ?? (() => undefined),
  });
}

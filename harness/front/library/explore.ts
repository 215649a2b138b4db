/** Searches for a schedule of faults that breaks a delivery property. */

import { defaultRunPath } from '../../run/folder/run-folder.ts';
import type { ExplorationEvent, FinishedExploration } from '../../studies/explore/exploration.ts';
import { type PreparedExploration, prepareExploration } from '../../studies/explore/prepare-exploration.ts';
import { ScenarioError } from './scenario-error.ts';

const DEFAULT_BUDGET_MS = 10 * 60_000;
const DEFAULT_TIMES = 10;

export interface SearchOptions {
  /** Number of schedules to play; by default, until the budget is spent. */
  readonly schedules?: number;
  /** Milliseconds of search; 10 minutes by default, unless `schedules` is given. */
  readonly budgetMs?: number;
  /** Milliseconds for reducing what is found, after the search; by default as long as the search, or 10 minutes. */
  readonly reduceMs?: number;
  /** Fresh runs of a reduced schedule, which measure its failure rate; 10 by default. */
  readonly times?: number;
  /** runs/<time>-explore-<target> in the working directory by default. */
  readonly outDir?: string;
  /** Ends the search: everything that was started is ended, and what was found until then is the result. */
  readonly signal?: AbortSignal;
  /** Called after each schedule and with each finding. Nothing is printed without it. */
  readonly onProgress?: (event: ExplorationEvent) => void;
}

export interface ExploreOptions extends SearchOptions {
  /** A target's name, or the path of a file that exports one; `reference` by default. */
  readonly target?: string;
  /** Nodes of the cluster; 1 by default. */
  readonly nodes?: number;
  /** Fault kinds to draw from; by default all that apply. */
  readonly faults?: readonly string[];
  /** Overrides of the short run that is repeated: `load.rate=300/s`. */
  readonly set?: readonly string[];
  readonly seed?: number;
}

/**
 * Draws schedules of faults, plays each in a short run against a cluster that stays warm, judges it by the ledger, and reduces a schedule
 * that breaks a property to the smallest one that still does. This is what `letitcrash explore` does, but outside an arena.
 * @throws ScenarioError for mistakes in the options; RunError if the target or the machine cannot play it.
 */
export async function explore(options: ExploreOptions = {}): Promise<FinishedExploration> {
  const { target = 'reference', nodes = 1, faults, set = [], seed } = options;
  const prepared = await prepareExploration({ target, nodes, faults: faults ?? null, set, seed: seed ?? null });
  if (!prepared.ok) throw new ScenarioError(prepared.message, prepared.problems);
  return search(prepared, options);
}

/** The same, from prepared options. */
export async function search(
  { plan, recipes, words }: Pick<PreparedExploration, 'plan' | 'recipes' | 'words'>,
  options: SearchOptions,
): Promise<FinishedExploration> {
  const { schedules = null, times = DEFAULT_TIMES, budgetMs = schedules === null ? DEFAULT_BUDGET_MS : null } = options;
  const { reduceMs = budgetMs ?? DEFAULT_BUDGET_MS } = options;
  // Loaded only now, because help and mistakes need no generator.
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

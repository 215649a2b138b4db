/** Searches for a schedule of faults that breaks a delivery property. */

import { commandLine } from '../../evidence/result/command-line.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import type { ExplorationEvent, FinishedExploration } from '../../studies/explore/exploration.ts';
import { type PreparedExploration, prepareExploration } from '../../studies/explore/prepare-exploration.ts';
import { writeExplorationReports } from './exploration-files.ts';
import { missingRuntimes } from './missing-runtimes.ts';
import { ScenarioError } from './scenario-error.ts';

export { scheduleText } from '../../studies/explore/schedule.ts';
export type { ExplorationEvent };

export interface ExplorationOutcome extends FinishedExploration {
  /** report.html in the folder. */
  readonly reportPath: string;
}

const DEFAULT_BUDGET_MS = 10 * 60_000;
const DEFAULT_TIMES = 10;

export interface SearchOptions {
  /** Number of schedules to play; by default, until the budget is spent. */
  readonly schedules?: number | undefined;
  /** Milliseconds of search; 10 minutes by default, unless `schedules` is given. */
  readonly budgetMs?: number | undefined;
  /** Milliseconds for reducing what is found, after the search; by default as long as the search, or 10 minutes. */
  readonly reduceMs?: number | undefined;
  /** Fresh runs of a reduced schedule, which measure its failure rate; 10 by default. */
  readonly times?: number | undefined;
  /** runs/<time>-explore-<target> in the working directory by default. */
  readonly outDir?: string | undefined;
  /** Ends the search: everything that was started is ended, and what was found until then is the result. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each schedule and with each finding. Nothing is printed without it. */
  readonly onProgress?: ((event: ExplorationEvent) => void) | undefined;
}

export interface ExploreOptions extends SearchOptions {
  /** A target's name, or the path of a file that exports one; `reference` by default. */
  readonly target?: string | undefined;
  /** Nodes of the cluster; 1 by default. */
  readonly nodes?: number | undefined;
  /** Fault kinds to draw from; by default all that apply. */
  readonly faults?: readonly string[] | undefined;
  /** Overrides of the short run that is repeated: `load.rate=300/s`. */
  readonly set?: readonly string[] | undefined;
  readonly seed?: number | undefined;
}

/**
 * Draws schedules of faults, plays each in a short run against a cluster that stays warm, judges it by the ledger, and reduces a schedule
 * that breaks a property to the smallest one that still does. This is what `letitcrash explore` does, but outside an arena.
 * @throws ScenarioError for mistakes in the options; RunError if the target or the machine cannot play it.
 */
export async function explore(options: ExploreOptions = {}): Promise<ExplorationOutcome> {
  return search(await prepareSearch(options), options);
}

export interface PreparedSearch extends Pick<PreparedExploration, 'plan' | 'recipes'> {
  readonly reproduce: string;
}

/** The plan and the kinds of a search. @throws ScenarioError with all that is wrong; nothing was started. */
export async function prepareSearch(options: ExploreOptions): Promise<PreparedSearch> {
  const { target = 'reference', nodes = 1, faults, set = [], seed } = options;
  const prepared = await prepareExploration({ target, nodes, faults: faults ?? null, set, seed: seed ?? null });
  const missing = await missingRuntimes(set);
  if (!prepared.ok || missing.length > 0)
    throw new ScenarioError([...(prepared.ok ? [] : prepared.mistakes), ...missing], prepared.ok ? [] : prepared.problems);
  const { plan, recipes } = prepared;
  const { schedules, budgetMs, reduceMs } = options;
  const said = {
    target: plan.target.use,
    nodes: plan.target.nodes,
    faults: faults?.join(',') ?? null,
    schedules: schedules ?? null,
    budget: budgetMs === undefined ? null : `${budgetMs}ms`,
    reduce: reduceMs === undefined ? null : `${reduceMs}ms`,
  };
  return { plan, recipes, reproduce: commandLine({ words: ['explore'], options: said, set, seed: plan.seed }) };
}

/** The same, from prepared options. */
export async function search({ plan, recipes, reproduce }: PreparedSearch, options: SearchOptions): Promise<ExplorationOutcome> {
  const { schedules = null, times = DEFAULT_TIMES, budgetMs = schedules === null ? DEFAULT_BUDGET_MS : null } = options;
  const { reduceMs = budgetMs ?? DEFAULT_BUDGET_MS } = options;
  // Loaded only now, because help and mistakes need no generator.
  const { exploreReal } = await import('../../studies/explore/exploration.ts');
  const finished = await exploreReal({
    plan,
    recipes,
    seed: plan.seed,
    schedules,
    times,
    budgetMs,
    reduceMs,
    outDir: options.outDir ?? defaultRunPath(new Date(), 'explore', plan.target.use),
    reproduce,
    signal: options.signal ?? new AbortController().signal,
    progress: options.onProgress ?? (() => undefined),
  });
  return { ...finished, reportPath: await writeExplorationReports(finished.result, finished.outDir) };
}

/**
 * `letitcrash` as a library: the functions that its commands call. Nothing is printed, nothing ends the process, and whatever was
 * started is ended when a promise settles, also when an AbortSignal cuts it short.
 */
export type { ComparisonEvent } from '../compare/comparison-sides.ts';
export type { ExplorationEvent, FinishedExploration } from '../explore/exploration.ts';
export { ForeignEndpointError } from '../load/own-endpoints.ts';
export { COMPARISON_SCHEMA, type Comparison, comparisonSchema } from '../result/comparison.ts';
export { DIFF_SCHEMA, type Diff, diffSchema } from '../result/diff.ts';
export type { ExplorationResult } from '../result/exploration.ts';
export { HISTORY_SCHEMA, type History, historySchema } from '../result/history.ts';
export { RESULT_SCHEMA, type Result, resultSchema, type Verdict } from '../result/result.ts';
export type { RunEvent } from '../run/progress.ts';
export { RunError } from '../run/run-error.ts';
export type { Plan } from '../scenario/plan.ts';
export type { Problem } from '../scenario/problem.ts';
export type { ScenarioInput } from '../scenario/schema.ts';
export { WatchError } from '../watch/watch-error.ts';
export { type CompareOptions, type ComparisonOutcome, compare } from './compare.ts';
export { type DiffOptions, type DiffOutcome, diff } from './diff.ts';
export { type ExploreOptions, explore } from './explore.ts';
export { type ExportOptions, type ExportOutcome, exportK6 } from './export.ts';
export { type ImportOptions, type ImportOutcome, importOutput, importOutputs } from './import.ts';
export { type PlanOptions, plan, type ScenarioGiven } from './plan.ts';
export type { PlayOptions, RunOutcome } from './play-plan.ts';
export { type ReportOutcome, report } from './report.ts';
export { type RunOptions, run } from './run.ts';
export { ScenarioError } from './scenario-error.ts';
export { StandingTarget, type TargetGiven } from './standing-target.ts';

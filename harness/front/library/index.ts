/**
 * letitcrash as a library: the functions that its commands call. They print nothing and never end the process, and everything that was
 * started has ended when a promise settles, even if an AbortSignal cut it short.
 */

export { RunError } from '../../contracts/run-error.ts';
export { COMPARISON_SCHEMA, type Comparison, comparisonSchema } from '../../evidence/result/comparison.ts';
export { DIFF_SCHEMA, type Diff, diffSchema } from '../../evidence/result/diff.ts';
export type { ExplorationResult } from '../../evidence/result/exploration.ts';
export { HISTORY_SCHEMA, type History, historySchema } from '../../evidence/result/history.ts';
export { RESULT_SCHEMA, type Result, resultSchema, type Verdict } from '../../evidence/result/result.ts';
export type { Plan } from '../../plan/scenario/plan.ts';
export type { Problem } from '../../plan/scenario/problem.ts';
export type { ScenarioInput } from '../../plan/scenario/schema.ts';
export type { RunEvent } from '../../run/conductor/progress.ts';
export { ForeignEndpointError } from '../../run/drivers/own-endpoints.ts';
export type { ComparisonEvent } from '../../studies/compare/comparison-sides.ts';
export type { ExplorationEvent, FinishedExploration } from '../../studies/explore/exploration.ts';
export { WatchError } from '../watch/watch-error.ts';
export { type CompareOptions, type ComparisonOutcome, compare } from './compare.ts';
export { type DiffOptions, type DiffOutcome, diff } from './diff.ts';
export type { ExitCode } from './exit-codes.ts';
export { type ExplainedError, explainError } from './explain-error.ts';
export { type ExplorationOutcome, type ExploreOptions, explore } from './explore.ts';
export { type ExportOptions, type ExportOutcome, exportK6 } from './export.ts';
export { type GateEvent, type GateOptions, type GateOutcome, gate } from './gate.ts';
export {
  addToHistory,
  type HistoryAddition,
  type HistoryOptions,
  type HistoryOutcome,
  history,
} from './history.ts';
export { type ImportOptions, type ImportOutcome, importOutput, importOutputs } from './import.ts';
export { type PlanOptions, plan, type ScenarioGiven } from './plan.ts';
export type { PlayOptions, RunOutcome } from './play-plan.ts';
export { type ReplayEvent, type ReplayOptions, type ReplayOutcome, replay } from './replay.ts';
export { type ReportOutcome, report } from './report.ts';
export { type RunOptions, run } from './run.ts';
export { ScenarioError } from './scenario-error.ts';
export { StandingTarget, type TargetGiven } from './standing-target.ts';

/**
 * `letitcrash` as a library: the functions that its commands call. Nothing is printed, nothing ends the process, and whatever was
 * started is ended when a promise settles, also when an AbortSignal cuts it short.
 */
export type { ComparisonEvent } from '../harness/compare/comparison-sides.ts';
export type { ExplorationEvent, FinishedExploration } from '../harness/explore/exploration.ts';
export type { ExplorationResult } from '../harness/explore/exploration-result.ts';
export { ForeignEndpointError } from '../harness/load/own-endpoints.ts';
export { COMPARISON_SCHEMA, type Comparison, comparisonSchema } from '../harness/result/comparison.ts';
export { RESULT_SCHEMA, type Result, resultSchema, type Verdict } from '../harness/result/result.ts';
export type { RunEvent } from '../harness/run/progress.ts';
export { RunError } from '../harness/run/run-error.ts';
export type { Plan } from '../harness/scenario/plan.ts';
export type { Problem } from '../harness/scenario/problem.ts';
export type { ScenarioInput } from '../harness/scenario/schema.ts';
export { type CompareOptions, type ComparisonOutcome, compare } from './compare.ts';
export { type ExploreOptions, explore } from './explore.ts';
export { type PlanOptions, plan, type ScenarioGiven } from './plan.ts';
export { type ReportOutcome, report } from './report.ts';
export { type PlayOptions, type RunOptions, type RunOutcome, run } from './run.ts';
export { ScenarioError } from './scenario-error.ts';
export { StandingTarget, type TargetGiven } from './standing-target.ts';

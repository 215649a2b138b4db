/** Collects what the checks of a scenario's sections find. */
import type { Plan } from './plan.ts';
import type { PathSegment, Problem, ProblemCode } from './problem.ts';

/** Collects problems, each with its place. */
export interface Reporter {
  report(code: ProblemCode, path: readonly PathSegment[], message: string, remedy: string): void;
  add(problems: readonly Problem[]): void;
}

export type PlannedTarget = Omit<Plan['target'], 'needs'>;

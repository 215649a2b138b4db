/** The error for what is wrong with a request, before anything is started: all mistakes of a scenario at once. */

import { ToldError } from '../../evidence/result/told-error.ts';
import { describeProblem, type Problem } from '../../plan/scenario/problem.ts';

export class ScenarioError extends ToldError {
  override readonly name = 'ScenarioError';
  /** Each with its place, the value and what would be right; empty if the mistake is not in a scenario. */
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.problems = problems;
  }

  /** Each mistake in words. */
  get texts(): readonly string[] {
    return this.problems.length === 0 ? [this.message] : this.problems.map(describeProblem);
  }
}

/** Made from problems, each in words. */
export function scenarioError(problems: readonly Problem[]): ScenarioError {
  return new ScenarioError(problems.map(describeProblem).join('\n'), problems);
}

/** What is wrong with what was asked for, before anything was started: all of it at once. */

import { ToldError } from '../../evidence/result/told-error.ts';
import { describeProblem, type Problem } from '../../plan/scenario/problem.ts';

export class ScenarioError extends ToldError {
  override readonly name = 'ScenarioError';
  override readonly blames = 'request';
  /** Each with its place, the value and what would be right; empty where no mistake is in a scenario. */
  readonly problems: readonly Problem[];
  /** Each mistake in words, those of a scenario included. */
  readonly texts: readonly string[];

  constructor(mistakes: string | readonly string[], problems: readonly Problem[] = []) {
    const texts = [...new Set([...[mistakes].flat(), ...problems.map(describeProblem)])];
    super(texts.join('\n'));
    this.problems = problems;
    this.texts = texts;
  }
}

/** Made from problems, each in words. */
export function scenarioError(problems: readonly Problem[]): ScenarioError {
  return new ScenarioError([], problems);
}

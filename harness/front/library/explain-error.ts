/** Turns an error into words and an exit code: one function for every command, and for programs that call the library. */
import { errorText } from '../../evidence/result/printable.ts';
import { systemErrorText } from '../../evidence/result/system-error.ts';
import { type Blame, ToldError } from '../../evidence/result/told-error.ts';
import type { Problem } from '../../plan/scenario/problem.ts';
import { ExitCode } from './exit-codes.ts';
import { ScenarioError } from './scenario-error.ts';

export interface ExplainedError {
  /** One text for each mistake: its place and what is wrong, followed on indented lines by what would be right. */
  readonly texts: readonly string[];
  /** The mistakes of a scenario as data; empty where there are none. */
  readonly problems: readonly Problem[];
  /** The exit code of a command: 2 for a mistake in the request, 3 for the machine, a tool or a defect, 5 if nothing was proven. */
  readonly exitCode: ExitCode;
}

const CODES: Readonly<Record<Blame, ExitCode>> = {
  request: ExitCode.usage,
  machine: ExitCode.environment,
  load: ExitCode.invalid,
};

/**
 * Explains whatever a function of the library threw, as the commands do. `failed` is what failed, in words (`the run failed`): without it an
 * error that is not for people is called a defect, and shown with its stack.
 */
export function explainError(error: unknown, failed?: string): ExplainedError {
  if (error instanceof ScenarioError) return { texts: error.texts, problems: error.problems, exitCode: CODES[error.blames] };
  if (error instanceof ToldError) return { texts: [error.message], problems: [], exitCode: CODES[error.blames] };
  return { texts: [strangeText(error, failed)], problems: [], exitCode: ExitCode.environment };
}

function strangeText(error: unknown, failed: string | undefined): string {
  const ofTheSystem = systemErrorText(error);
  if (failed !== undefined) return `${failed}: ${ofTheSystem ?? errorText(error)}`;
  if (ofTheSystem !== null) return ofTheSystem;
  return `this is a defect of letitcrash: ${error instanceof Error ? (error.stack ?? error.message) : errorText(error)}`;
}

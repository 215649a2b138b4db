/** Shows two finished runs side by side, for every command that is given two of them. */
import { diffTerminal } from '../../../reports/diff-terminal.ts';
import type { DiffOutcome } from '../library/diff.ts';
import { codeOf, type ExitCode } from '../library/exit-codes.ts';
import { diffOutcome } from '../library/gate.ts';
import type { Console } from './console.ts';

/** Prints the figures, and gives the exit code. */
export function showDiff({ diff, reportPath }: DiffOutcome, strict: boolean, console: Console): ExitCode {
  console.printReport(diffTerminal(diff, { colour: console.colour, width: console.width, reportPath }));
  console.document(diff);
  return codeOf(diffOutcome(diff), strict);
}

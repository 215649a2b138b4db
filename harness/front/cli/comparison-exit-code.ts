/** The exit code of a comparison, the same for every command that makes one. */

import type { Comparison } from '../../evidence/result/comparison.ts';
import { gateOutcome } from '../../studies/gate/gate-outcome.ts';
import { ExitCode } from './exit-codes.ts';

/** An undecided answer passes, unless `strict`. */
export function comparisonExitCode(comparison: Comparison, strict: boolean): ExitCode {
  const outcome = gateOutcome(comparison);
  return outcome === 'inconclusive' && !strict ? ExitCode.pass : ExitCode[outcome];
}

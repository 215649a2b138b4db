/** The exit code of a comparison, the same whoever asked for it. */

import type { Comparison } from '../../evidence/result/comparison.ts';
import { gateOutcome } from '../../studies/gate/gate-outcome.ts';
import { ExitCode } from './exit-codes.ts';

/** What is open passes, unless `strict`. */
export function comparisonExitCode(comparison: Comparison, strict: boolean): ExitCode {
  const outcome = gateOutcome(comparison);
  return outcome === 'inconclusive' && !strict ? ExitCode.pass : ExitCode[outcome];
}

/** Whether a limit of the scenario was held, the same in every report. */
import { driverViolations } from '../harness/evidence/result/driver-violations.ts';
import type { Result } from '../harness/evidence/result/result.ts';
import { isCheckWithheld } from '../harness/evidence/result/withheld.ts';

export type CheckState = 'held' | 'broken' | 'open';

/**
 * What could not be measured is broken in a run that failed (a fault never recovered from), and open in one that proved nothing. Where the
 * driver broke its rules no figure is the server's, and a part of a run proves nothing of the whole: every limit is open, as is one whose
 * figure is withheld.
 */
export function checkState(check: Result['checks'][number], result: Result): CheckState {
  const { pass, actual, never } = check;
  if (driverViolations(result).length > 0 || result.interrupted !== undefined || isCheckWithheld(check, result)) return 'open';
  if (pass) return 'held';
  return actual === null && never !== true && result.verdict !== 'fail' ? 'open' : 'broken';
}

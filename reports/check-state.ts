/** Whether a limit of the scenario was held, the same in every report. */
import { driverViolations } from '../harness/evidence/result/driver-violations.ts';
import type { Result } from '../harness/evidence/result/result.ts';

export type CheckState = 'held' | 'broken' | 'open';

/**
 * What could not be measured is broken in a run that failed (a fault never recovered from), and open in one that proved nothing. Where the
 * driver broke its rules no figure is the server's, and a part of a run proves nothing of the whole: every limit is open.
 */
export function checkState({ pass, actual, never }: Result['checks'][number], result: Result): CheckState {
  if (driverViolations(result).length > 0 || result.interrupted !== undefined) return 'open';
  if (pass) return 'held';
  return actual === null && never !== true && result.verdict !== 'fail' ? 'open' : 'broken';
}

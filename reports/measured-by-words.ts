/** What another tool measured, in words and rows, the same for every report. Plain text, not escaped. */
import { accounted } from '../harness/evidence/result/accounted.ts';
import { driverViolations } from '../harness/evidence/result/driver-violations.ts';
import type { MeasuredBy, Result } from '../harness/evidence/result/result.ts';
import { toolName } from '../harness/evidence/result/tool-name.ts';
import { formatNumber } from './format.ts';

/** Why a run has no ledger that says anything of the server; null for one that has. */
export function whyNoLedger(result: Pick<Result, 'delivery' | 'load' | 'measuredBy'>): string | null {
  const { measuredBy } = result;
  if (driverViolations(result).length > 0)
    return 'not judged: the mistakes of the driver cannot be separated from those of the server';
  if (measuredBy !== null) return `no messages were accounted for: ${toolName(measuredBy.tool)} keeps no ledger`;
  return accounted(result) === null ? 'there is nothing to account for: the load was requests alone, without messages' : null;
}

/** What was timed, in the plural; of another tool's timings that are of no request nobody knows what they are. */
export function timedThings(
  result: Pick<Result, 'delivery' | 'http' | 'load' | 'measuredBy'>,
): 'messages' | 'requests' | 'samples' {
  if (accounted(result) !== null) return 'messages';
  return result.http === null && result.measuredBy !== null ? 'samples' : 'requests';
}

/** Name with its unit, and its values as the tool called them. */
export function measuredByRows({ figures }: MeasuredBy): readonly (readonly [name: string, values: string])[] {
  return figures.map(({ name, unit, values }) => [
    unit === '' ? name : `${name} (${unit})`,
    Object.entries(values)
      .map(([key, value]) => `${key} ${formatNumber(value)}`)
      .join(', '),
  ]);
}

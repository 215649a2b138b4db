/** What another tool measured, in words and rows, the same for every report. Plain text, not escaped. */
import type { MeasuredBy, Result } from '../harness/result/result.ts';
import { formatNumber } from './format.ts';

/** Why a run has no ledger; null for one that has. */
export function whyNoLedger({ load, measuredBy }: Pick<Result, 'load' | 'measuredBy'>): string | null {
  if (measuredBy !== null) return `nothing was accounted for: ${measuredBy.tool} keeps no ledger of messages`;
  return load.loop === 'closed' ? 'nothing to account for: requests alone, no messages' : null;
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

/** A slope in words, the same in every report: its figure with its interval, or that it is not resolved. Plain text. */
import { isResolved, type Slope } from '../harness/evidence/result/slopes.ts';
import { formatBytes, NOT_MEASURED } from './format.ts';

export const NOT_RESOLVED = 'not resolved';

/** `12,962 B`, `not resolved`, `not measured`. */
export function slopeFigureText(slope: Slope | null): string {
  if (slope === null) return NOT_MEASURED;
  return isResolved(slope) ? formatBytes(slope.bytes) : NOT_RESOLVED;
}

/** `4,891 B to 29,934 B`; null where there is no interval. */
export function slopeIntervalText(slope: Slope | null): string | null {
  if (slope === null || slope.low === null || slope.high === null) return null;
  return `${formatBytes(slope.low)} to ${formatBytes(slope.high)}`;
}

/** `12,962 B (4,891 B to 29,934 B)`. */
export function slopeText(slope: Slope | null): string {
  const interval = slopeIntervalText(slope);
  return `${slopeFigureText(slope)}${interval === null ? '' : ` (${interval})`}`;
}

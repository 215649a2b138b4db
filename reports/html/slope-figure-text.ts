/** A slope in running text: its figure, or that it is not resolved or not measured. */
import { isResolved, type Slope } from '../../harness/evidence/result/slopes.ts';
import { formatBytes } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import { NOT_RESOLVED } from '../slope-words.ts';
import { figure } from './table.ts';

export function slopeFigure(slope: Slope | null): Markup {
  if (slope === null || isResolved(slope)) return figure(slope?.bytes ?? null, formatBytes);
  return markup`<span class="none">${NOT_RESOLVED}</span>`;
}

/** In brackets behind it; null where there is no interval. */
export function slopeBounds({ low, high }: Slope, name = ''): Markup | null {
  return low === null || high === null ? null : markup` (${name}${figure(low, formatBytes)} to ${figure(high, formatBytes)})`;
}

/** Conditions as people write them: a sign and a limit in the unit of what is measured. Pure. */

import type { MetricUnit } from '../../evidence/metrics/metric-unit.ts';
import type { Comparator } from './plan.ts';
import { parseBytes, parseDurationMs, parseRatePerSecond, parseShare, type Quantity } from './units.ts';

/** The signs, for the beginning of a pattern, longer ones first. */
export const SIGNS = '<=|>=|<|>|=';

/** Limits in the metric's own unit. */
export function parseLimit(unit: Exclude<MetricUnit, 'truth'>, written: string): Quantity {
  switch (unit) {
    case 'us': {
      const ms = parseDurationMs(written);
      return ms.ok ? { ok: true, value: Number((ms.value * 1000).toPrecision(12)) } : ms;
    }
    case 'ms':
      return parseDurationMs(written);
    case 'bytes':
      return parseBytes(written);
    case '/s':
      return parseRatePerSecond(written);
    case 'share':
      return parseShare(written);
    case 'count': {
      const value = Number(written);
      return Number.isFinite(value) && value >= 0
        ? { ok: true, value }
        : { ok: false, message: 'not a count; write a number like 0' };
    }
  }
}

/** Whether `actual` meets the condition; what was not measured meets none. */
export function meets(actual: number | null, comparator: Comparator, limit: number): boolean {
  if (actual === null || Number.isNaN(actual)) return false;
  switch (comparator) {
    case '<':
      return actual < limit;
    case '<=':
      return actual <= limit;
    case '>':
      return actual > limit;
    case '>=':
      return actual >= limit;
    case '=':
      return actual === limit;
  }
}

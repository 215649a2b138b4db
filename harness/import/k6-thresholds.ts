/** k6's thresholds as checks of a Result: k6 has judged them, so only the figures are added. Pure. */
import type { Result } from '../result/result.ts';
import type { K6Metric, K6Summary } from './k6-summary.ts';

type Check = Result['checks'][number];

const EXPRESSION = /^\s*(p\([\d.]+\)|avg|min|max|med|count|rate|value)\s*(?:<=|>=|<|>|===?|!=)\s*(-?[\d.]+(?:e[+-]?\d+)?)\s*$/i;
const US_PER_MS = 1_000;

/** One a threshold, named `http_req_duration: p(95)<200`. */
export function thresholdChecks({ metrics }: Pick<K6Summary, 'metrics'>): Check[] {
  return Object.entries(metrics).flatMap(([name, metric]) =>
    metric.thresholds.map(({ expression, ok }) => checkOf(name, metric, expression, ok)),
  );
}

function checkOf(name: string, { type, unit, values }: K6Metric, expression: string, ok: boolean): Check {
  const base = { name: `${name}: ${expression}`, pass: ok };
  const [, stat, limit] = EXPRESSION.exec(expression) ?? [];
  if (stat === undefined || limit === undefined) return { ...base, actual: null, limit: null, unit: '' };
  const scale = unit === 'ms' ? US_PER_MS : 1;
  const actual = values[stat];
  return {
    ...base,
    actual: actual === undefined ? null : actual * scale,
    limit: Number(limit) * scale,
    unit: unitOf(type, unit, stat),
  };
}

function unitOf(type: K6Metric['type'], unit: K6Metric['unit'], stat: string): string {
  if (unit === 'ms') return 'us';
  if (type === 'rate' && stat === 'rate') return 'share';
  if (unit === 'bytes') return stat === 'rate' ? '' : 'bytes';
  if (type === 'counter') return stat === 'rate' ? '/s' : 'count';
  return '';
}

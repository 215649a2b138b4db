/**
 * k6's thresholds as checks of a Result: k6 has judged them, so only the figures are added. The exception: k6 says that a threshold without
 * a sample held, but since nothing was measured, it does not hold here. Pure.
 */
import type { Result } from '../../../evidence/result/result.ts';
import { hasSamples, type K6Metric, type K6Summary } from './k6-metric.ts';

type Check = Result['checks'][number];

const EXPRESSION = /^\s*(p\([\d.]+\)|avg|min|max|med|count|rate|value)\s*(?:<=|>=|<|>|===?|!=)\s*(-?[\d.]+(?:e[+-]?\d+)?)\s*$/i;
const US_PER_MS = 1_000;

/** One a threshold, named `http_req_duration: p(95)<200`. */
export function thresholdChecks({ metrics }: Pick<K6Summary, 'metrics'>): Check[] {
  return Object.entries(metrics).flatMap(([name, metric]) =>
    metric.thresholds.map(({ expression, ok }) => checkOf(name, metric, expression, ok)),
  );
}

function checkOf(name: string, metric: K6Metric, expression: string, ok: boolean): Check {
  const { type, unit, values } = metric;
  const sampled = hasSamples(name, metric);
  const base = { name: `${name}: ${expression}`, pass: ok && sampled };
  const [, stat, limit] = EXPRESSION.exec(expression) ?? [];
  if (stat === undefined || limit === undefined || !Number.isFinite(Number(limit)))
    return { ...base, actual: null, limit: null, unit: '' };
  const scale = unit === 'ms' && stat !== 'count' ? US_PER_MS : 1;
  const actual = sampled ? (values[stat] ?? null) : null;
  return {
    ...base,
    // A figure that k6 has and reports as null was not measured; one that it was not asked to report, it has judged nevertheless.
    pass: base.pass && values[stat] !== null,
    actual: actual === null ? null : actual * scale,
    limit: Number(limit) * scale,
    unit: unitOf(type, unit, stat),
  };
}

function unitOf(type: K6Metric['type'], unit: K6Metric['unit'], stat: string): string {
  if (stat === 'count') return 'count';
  if (unit === 'ms') return 'us';
  if (type === 'rate' && stat === 'rate') return 'share';
  if (unit === 'bytes') return stat === 'rate' ? '' : 'bytes';
  return type === 'counter' && stat === 'rate' ? '/s' : '';
}

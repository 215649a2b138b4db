/** Expectations of a scenario as thresholds of k6, as far as k6 can judge them. Pure. */
import type { Expectation } from '../../../plan/scenario/plan.ts';

export interface Thresholds {
  readonly thresholds: Readonly<Record<string, string[]>>;
  /** What k6 cannot judge. */
  readonly others: readonly Expectation[];
}

const STATS: Readonly<Record<string, string>> = {
  p50: 'med',
  p90: 'p(90)',
  p95: 'p(95)',
  p99: 'p(99)',
  'p99.9': 'p(99.9)',
  max: 'max',
};
const TRENDS: Readonly<Record<string, string>> = {
  response: 'letitcrash_response',
  service: 'letitcrash_service',
  lag: 'letitcrash_lag',
  delivery: 'letitcrash_delivery',
  http: 'http_req_duration',
};
const US_PER_MS = 1_000;

export function thresholdsOf(expectations: readonly Expectation[], kind: 'native' | 'http'): Thresholds {
  const thresholds: Record<string, string[]> = {};
  const others: Expectation[] = [];
  for (const expectation of expectations) {
    const threshold = thresholdOf(expectation, kind);
    if (threshold === null) others.push(expectation);
    else thresholds[threshold[0]] = [...(thresholds[threshold[0]] ?? []), threshold[1]];
  }
  return { thresholds, others };
}

function thresholdOf({ metric, comparator, limit }: Expectation, kind: 'native' | 'http'): readonly [string, string] | null {
  const sign = comparator === '=' ? '==' : comparator;
  const [family = '', ...rest] = metric.split('.');
  const stat = STATS[rest.join('.')];
  // Of requests alone, what an answer takes is their service time.
  const trend = kind === 'http' && family === 'service' ? TRENDS.http : TRENDS[family];
  if (stat !== undefined && trend !== undefined && (kind === 'http') === (trend === TRENDS.http))
    return [trend, `${stat}${sign}${decimal(limit / US_PER_MS)}`];
  if (kind === 'native' && metric === 'errors') return ['letitcrash_errors', `rate${sign}${decimal(limit)}`];
  if (kind === 'http' && metric === 'http.errors') return ['http_req_failed', `rate${sign}${decimal(limit)}`];
  if (kind === 'http' && metric === 'http.rate') return ['http_reqs', `rate${sign}${decimal(limit)}`];
  return null;
}

/** k6's grammar knows no exponents. */
function decimal(value: number): string {
  return Number(value.toPrecision(12))
    .toFixed(6)
    .replace(/\.?0+$/, '');
}

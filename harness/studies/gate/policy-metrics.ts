/** Which metrics a policy compares. Pure. */
import { type ComparedMetricPolicy, comparedBy, DEFAULT_METRICS } from '../compare/compared-metrics.ts';
import type { Policy } from './policy.ts';

/** The policy's own metrics, or those that compare chooses. */
export function policyMetrics({ metrics }: Pick<Policy, 'metrics'>): readonly ComparedMetricPolicy[] {
  if (metrics === null) return DEFAULT_METRICS;
  return metrics.map(({ name, margin, role }) => comparedBy(name, margin, role));
}

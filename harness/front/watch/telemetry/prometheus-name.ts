/**
 * The name under which Prometheus knows a metric: what its own OTLP receiver and the collector's exporter derive from OpenTelemetry's name,
 * so that one dashboard serves both. Source: OpenTelemetry, "Prometheus and OpenMetrics Compatibility". Pure.
 */
import { type MetricDescription, type MetricName, metrics } from './metric-table.ts';

const UNIT_WORDS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

export function prometheusName(name: MetricName): string {
  const { kind, unit }: MetricDescription = metrics[name];
  // A share is a ratio only if it is a gauge; what is counted (in braces) is not a unit.
  const word = unit === '1' && kind === 'gauge' ? 'ratio' : UNIT_WORDS[unit];
  const parts = [name.replaceAll('.', '_'), ...(word === undefined ? [] : [word]), ...(kind === 'counter' ? ['total'] : [])];
  return parts.join('_');
}

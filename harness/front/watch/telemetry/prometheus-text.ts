/** Figures as Prometheus text, made by prom-client. */
import { type Metric, Registry } from 'prom-client';
import type { Figure, Sample } from './figure.ts';
import { type MetricDescription, type MetricName, metricNames, metrics } from './metric-table.ts';
import { prometheusName } from './prometheus-name.ts';

interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A registry that reads the figures at each scrape; a metric without a value is not in the text. */
export async function prometheusText(figures: readonly Figure[]): Promise<string> {
  const registry = new Registry();
  for (const name of metricNames) {
    const samples = figures.filter((figure) => figure.name === name).flatMap((figure) => figure.samples);
    if (samples.length > 0) registry.registerMetric(metricOf(name, samples));
  }
  return registry.metrics();
}

export const PROMETHEUS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** What a registry requires of a metric. Its own counters and histograms take single events, but the values here are sums of thousands. */
function metricOf(key: MetricName, samples: readonly Sample[]): Metric {
  const { kind, help }: MetricDescription = metrics[key];
  const name = prometheusName(key);
  const values = samples.flatMap((sample) => valuesOf(name, sample));
  return { name, get: async () => ({ name, help, type: kind, aggregator: 'sum', values }) } as unknown as Metric;
}

function valuesOf(name: string, { labels, value }: Sample): Value[] {
  if (typeof value === 'number') return [{ metricName: name, labels, value }];
  let below = 0;
  const buckets = value.counts.map((count, index) => {
    below += count;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: String(value.edges[index] ?? '+Inf') }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: value.sum },
    { metricName: `${name}_count`, labels, value: value.count },
  ];
}

/** Figures as the metrics of OpenTelemetry's SDK, all of them cumulative. Pure. */
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricDescriptor,
} from '@opentelemetry/sdk-metrics';
import type { Figure, Sample } from './figure.ts';
import { type MetricDescription, type MetricName, metrics } from './metric-table.ts';
import type { BucketCounts } from './response-buckets.ts';

/** Milliseconds since the epoch: when counting began, and when the figures were read. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The API's ValueType.DOUBLE. */
const DOUBLE = 1 satisfies MetricDescriptor['valueType'] as MetricDescriptor['valueType'];

export function otlpMetrics(figures: readonly Figure[], { fromMs, toMs }: Period): MetricData[] {
  const time = { startTime: hrTime(fromMs), endTime: hrTime(toMs) };
  return figures.filter(({ samples }) => samples.length > 0).map(({ name, samples }) => metricOf(name, samples, time));
}

function metricOf(
  name: MetricName,
  samples: readonly Sample[],
  time: Pick<DataPoint<number>, 'startTime' | 'endTime'>,
): MetricData {
  const { kind, unit, help }: MetricDescription = metrics[name];
  const head = {
    descriptor: { name, unit, description: help, valueType: DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const numbers: DataPoint<number>[] = [];
  const histograms: DataPoint<Histogram>[] = [];
  for (const { labels, value } of samples) {
    if (typeof value === 'number') numbers.push({ ...time, attributes: labels, value });
    else histograms.push({ ...time, attributes: labels, value: histogramOf(value) });
  }
  if (kind === 'histogram') return { ...head, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms };
  if (kind === 'gauge') return { ...head, dataPointType: DataPointType.GAUGE, dataPoints: numbers };
  return { ...head, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: numbers };
}

function histogramOf({ edges, counts, count, sum }: BucketCounts): Histogram {
  return { buckets: { boundaries: [...edges], counts: [...counts] }, count, sum };
}

/** [seconds, nanoseconds] */
function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}

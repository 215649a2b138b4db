/** One metric with its values at a moment. Plain data. */
import { outsideText } from '../../../evidence/result/printable.ts';
import type { MetricName } from './metric-table.ts';
import type { BucketCounts } from './response-buckets.ts';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** Buckets for a histogram, a number for everything else. */
  readonly value: number | BucketCounts;
}

export interface Figure {
  readonly name: MetricName;
  readonly samples: readonly Sample[];
}

/** Labels may contain foreign text, so each is clipped to one line. */
export function figure(name: MetricName, samples: readonly Sample[]): Figure {
  return { name, samples: samples.map(({ labels, value }) => ({ labels: clipped(labels), value })) };
}

function clipped(labels: Sample['labels']): Sample['labels'] {
  return Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, outsideText(text)]));
}

/** Without labels. */
export function one(name: MetricName, value: number): Figure {
  return { name, samples: [{ labels: {}, value }] };
}

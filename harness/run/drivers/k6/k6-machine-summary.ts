/**
 * The machine-readable summary of k6 (`--new-machine-readable-summary`, since 1.5): a list of metrics in `results`, and the duration in
 * seconds. It has six statistics for a trend, whatever was requested, and no place for thresholds. Pure. Schema: grafana/k6-summary, 1.0.0.
 */
import { z } from 'zod';
import { instantOf, LONGEST_MS } from '../../tools/foreign-run.ts';
import { issueText } from '../../tools/json-documents.ts';
import type { K6Metric, K6Summary } from './k6-metric.ts';

const value = z.number().nullable();
const metric = z.object({
  name: z.string(),
  type: z.string(),
  contains: z.string().default('default'),
  values: z.record(z.string(), value),
});
/** A list since 1.0.0 of the schema; by name in its drafts. */
const metricList = z.union([z.array(metric), z.record(z.string(), metric)]).transform((list) => Object.values(list));
const summary = z.object({
  config: z
    .object({
      duration: z
        .number()
        .nonnegative()
        .max(LONGEST_MS / 1000)
        .nullable()
        .optional(),
    })
    .optional(),
  metadata: z
    .object({
      generatedAt: z
        .string()
        .refine((text) => instantOf(text) !== null, 'write a time like 2026-03-01T12:00:00Z')
        .optional(),
    })
    .optional(),
  results: z.object({
    metrics: metricList,
    checks: z.object({ metrics: metricList.nullable().optional() }).nullable().optional(),
  }),
});

/** Whether a document seems to be such a summary. */
export function isMachineSummary(data: unknown): boolean {
  const { results } = (data ?? {}) as { readonly results?: { readonly metrics?: unknown } | null };
  return typeof results === 'object' && results !== null && typeof results.metrics === 'object';
}

/** What is wrong with a text that is not such a summary, in words. */
export function readMachineSummary(data: unknown): Omit<K6Summary, 'script'> | string {
  const read = summary.safeParse(data);
  if (!read.success) return `is not a summary of k6: ${issueText(data, read.error)}`;
  const { config, metadata, results } = read.data;
  const all = [...results.metrics, ...(results.checks?.metrics ?? [])];
  if (all.length === 0) return 'is not a summary of k6: it has no metrics';
  const seconds = config?.duration ?? null;
  return {
    metrics: Object.fromEntries(all.map((one) => [one.name, metricOf(one)])),
    durationMs: seconds === null || seconds === 0 ? null : seconds * 1000,
    writtenAt: metadata?.generatedAt === undefined ? null : instantOf(metadata.generatedAt),
    tellsThresholds: false,
  };
}

function metricOf({ type, contains, values }: z.infer<typeof metric>): K6Metric {
  const known = type === 'trend' || type === 'counter' || type === 'rate' || type === 'gauge';
  return {
    type: known ? type : 'other',
    unit: contains === 'time' ? 'ms' : contains === 'data' ? 'bytes' : '',
    values: type === 'rate' ? rateOf(values) : values,
    thresholds: [],
  };
}

/** Its rates have `matches` and `total` for what the other forms call `passes` and `fails`. */
function rateOf({ matches, total, ...others }: Readonly<Record<string, number | null>>): K6Metric['values'] {
  return matches == null || total == null ? others : { ...others, passes: matches, fails: total - matches };
}

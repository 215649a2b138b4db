/**
 * The end-of-test summary of k6, in the forms that k6 writes: the data given to handleSummary; the file of --summary-export, which flattens
 * the values and says of a threshold whether it *failed*; and the machine-readable summary since 1.5. Pure.
 */
import { z } from 'zod';
import { outsideText } from '../../../evidence/result/printable.ts';
import { durationFrom, instantOf, LONGEST_MS, type NotRead } from '../../tools/foreign-run.ts';
import { issueText } from '../../tools/json-documents.ts';
import { isMachineSummary, readMachineSummary } from './k6-machine-summary.ts';
import { impossibleValue, type K6Metric, type K6Summary, unitByName } from './k6-metric.ts';

export const TREND_STATS = 'avg,min,med,max,p(90),p(95),p(99),p(99.9),count';

const value = z.number().nullable();
const handled = z.object({
  metrics: z.record(
    z.string(),
    z.object({
      type: z.string(),
      contains: z.string().default('default'),
      values: z.record(z.string(), value),
      thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
    }),
  ),
  state: z.object({ testRunDurationMs: z.number().nonnegative().max(LONGEST_MS).nullable().optional() }).optional(),
});
const exported = z.object({
  metrics: z.record(z.string(), z.object({ thresholds: z.record(z.string(), z.boolean()).optional() }).catchall(value)),
});
/** What a script that letitcrash wrote adds to any of them. */
const scripted = z.object({
  letitcrash: z
    .object({
      startedAt: z.string().refine((text) => instantOf(text) !== null, 'write a time like 2026-03-01T12:00:00Z'),
      scenario: z.string(),
      target: z.string(),
      kind: z.string(),
    })
    .optional(),
});

export const K6_REMEDY = `give the file of k6 run --summary-export, or what a script's handleSummary wrote: return { 'summary.json': JSON.stringify(data) }`;

/** Reads a document. */
export function readK6Summary(data: unknown): K6Summary | NotRead {
  const own = scripted.safeParse(data);
  const read = own.success ? formOf(data) : `is not a summary of k6: ${issueText(data, own.error)}`;
  if (typeof read === 'string') return { problem: read, remedy: K6_REMEDY };
  const impossible = impossibleValue(read.metrics);
  if (impossible !== null) return { problem: `is not a summary of k6: ${outsideText(impossible)}`, remedy: K6_REMEDY };
  return { ...read, script: own.data?.letitcrash ?? null };
}

type Unscripted = Omit<K6Summary, 'script'>;

function formOf(data: unknown): Unscripted | string {
  if (isMachineSummary(data)) return readMachineSummary(data);
  const { metrics, type } = (data ?? {}) as { readonly metrics?: unknown; readonly type?: unknown };
  if (type === 'Metric' || type === 'Point') return 'holds the samples that k6 --out json writes, but no summary';
  if (typeof metrics !== 'object' || metrics === null || Object.keys(metrics).length === 0)
    return 'is not a summary of k6: it has no metrics';
  // The flat form has no object in a metric but its thresholds.
  if (Object.values(metrics).some((metric) => typeof metric?.values === 'object' || typeof metric?.type === 'string')) {
    const read = handled.safeParse(data);
    return read.success ? ofHandled(read.data) : `is not a summary of k6: ${issueText(data, read.error)}`;
  }
  const read = exported.safeParse(data);
  return read.success ? ofExported(read.data) : `is not a summary of k6: ${issueText(data, read.error)}`;
}

const TYPES: ReadonlySet<string> = new Set(['trend', 'counter', 'rate', 'gauge'] satisfies K6Metric['type'][]);

function ofHandled({ metrics, state }: z.infer<typeof handled>): Unscripted {
  const read = mapped(
    metrics,
    ({ type, contains, values, thresholds }): K6Metric => ({
      type: TYPES.has(type) ? (type as K6Metric['type']) : 'other',
      unit: contains === 'time' ? 'ms' : contains === 'data' ? 'bytes' : '',
      values,
      thresholds: Object.entries(thresholds ?? {}).map(([expression, { ok }]) => ({ expression, ok })),
    }),
  );
  const { testRunDurationMs: durationMs } = state ?? {};
  return {
    metrics: read,
    durationMs: durationMs == null || durationMs === 0 ? durationOf(read) : durationMs,
    writtenAt: null,
    tellsThresholds: true,
  };
}

function ofExported({ metrics }: z.infer<typeof exported>): Unscripted {
  const read = mapped(metrics, ({ thresholds, ...flat }, name): K6Metric => {
    const values = flat as Record<string, number | null>;
    const type = typeByValues(values);
    const { value: rate, ...rest } = values;
    return {
      type,
      unit: unitByName(name, type),
      // The one value that the two forms call differently.
      values: type === 'rate' && rate !== undefined ? { rate, ...rest } : values,
      thresholds: Object.entries(thresholds ?? {}).map(([expression, failed]) => ({ expression, ok: !failed })),
    };
  });
  return { metrics: read, durationMs: durationOf(read), writtenAt: null, tellsThresholds: true };
}

/** The flat form does not say; a trend has whatever statistics were requested. */
function typeByValues(values: Readonly<Record<string, unknown>>): K6Metric['type'] {
  if ('passes' in values || 'fails' in values) return 'rate';
  if ('count' in values && 'rate' in values) return 'counter';
  return 'value' in values ? 'gauge' : 'trend';
}

/** If it is not reported: a counter's count over its rate. */
function durationOf(metrics: K6Summary['metrics']): number | null {
  for (const { type, values } of Object.values(metrics)) {
    const { count, rate } = values;
    const durationMs = type === 'counter' && count != null && rate != null ? durationFrom(count, rate) : null;
    if (durationMs !== null) return durationMs;
  }
  return null;
}

function mapped<From, To>(record: Readonly<Record<string, From>>, to: (from: From, name: string) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, from]) => [name, to(from, name)]));
}

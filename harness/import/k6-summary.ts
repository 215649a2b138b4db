/**
 * The end-of-test summary of k6, in both forms that k6 writes: the data that handleSummary is given, and the file of --summary-export,
 * which flattens the values and says of a threshold whether it *failed*. Pure.
 */
import { z } from 'zod';
import { type NotRead, parseJson } from './foreign-run.ts';

export const TREND_STATS = 'avg,min,med,max,p(90),p(95),p(99),p(99.9),count';

export interface K6Metric {
  readonly type: 'trend' | 'counter' | 'rate' | 'gauge';
  readonly unit: 'ms' | 'bytes' | '';
  /** As k6 calls them: `p(95)`, `count`, `rate`. */
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds: readonly { readonly expression: string; readonly ok: boolean }[];
}

export interface K6Summary {
  readonly metrics: Readonly<Record<string, K6Metric>>;
  readonly durationMs: number;
  /** What a script that letitcrash wrote adds; null for others. */
  readonly script: {
    readonly startedAt: string;
    readonly scenario: string;
    readonly target: string;
    readonly kind: string;
  } | null;
}

const value = z.number().nullable();
const handled = z.object({
  metrics: z.record(
    z.string(),
    z.object({
      type: z.enum(['trend', 'counter', 'rate', 'gauge']),
      contains: z.string(),
      values: z.record(z.string(), value),
      thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
    }),
  ),
  state: z.object({ testRunDurationMs: z.number() }).optional(),
  letitcrash: z.object({ startedAt: z.string(), scenario: z.string(), target: z.string(), kind: z.string() }).optional(),
});
const exported = z.object({
  metrics: z.record(z.string(), z.object({ thresholds: z.record(z.string(), z.boolean()).optional() }).catchall(value)),
});

const REMEDY = `give the file of k6 run --summary-export, or what a script's handleSummary wrote: return { 'summary.json': JSON.stringify(data) }`;

/** Reads the file's text. */
export function readK6Summary(text: string): K6Summary | NotRead {
  const json = parseJson(text);
  if ('problem' in json) return { ...json, remedy: REMEDY };
  const whole = handled.safeParse(json.data);
  if (whole.success && Object.keys(whole.data.metrics).length > 0) return ofHandled(whole.data);
  const flat = exported.safeParse(json.data);
  if (!flat.success || Object.keys(flat.data.metrics).length === 0)
    return { problem: 'is no summary of k6: it has no metrics', remedy: REMEDY };
  return ofExported(flat.data);
}

function ofHandled({ metrics, state, letitcrash }: z.infer<typeof handled>): K6Summary {
  const read = mapped(
    metrics,
    ({ type, contains, values, thresholds }): K6Metric => ({
      type,
      unit: contains === 'time' ? 'ms' : contains === 'data' ? 'bytes' : '',
      values: numbers(values),
      thresholds: Object.entries(thresholds ?? {}).map(([expression, { ok }]) => ({ expression, ok })),
    }),
  );
  return { metrics: read, durationMs: state?.testRunDurationMs ?? durationOf(read), script: letitcrash ?? null };
}

function ofExported({ metrics }: z.infer<typeof exported>): K6Summary {
  const read = mapped(metrics, ({ thresholds, ...flat }, name): K6Metric => {
    const values = numbers(flat as Record<string, number | null>);
    const type =
      'passes' in values ? 'rate' : 'count' in values && 'rate' in values ? 'counter' : 'avg' in values ? 'trend' : 'gauge';
    const { value: rate, ...rest } = values;
    return {
      type,
      unit: type === 'trend' && TIMES.test(name) ? 'ms' : DATA.test(name) ? 'bytes' : '',
      // The one value that the two forms call differently.
      values: type === 'rate' && rate !== undefined ? { rate, ...rest } : values,
      thresholds: Object.entries(thresholds ?? {}).map(([expression, failed]) => ({ expression, ok: !failed })),
    };
  });
  return { metrics: read, durationMs: durationOf(read), script: null };
}

/** Built-in trends, and those of letitcrash's scripts: the flat form does not say which are times. */
const TIMES = /^(?:http_req_(?!failed)|iteration_duration|group_duration|ws_|grpc_req_duration|letitcrash_)/;
const DATA = /^data_(?:sent|received)/;

/** Where it is not told: a counter's count over its rate. */
function durationOf(metrics: K6Summary['metrics']): number {
  for (const { type, values } of Object.values(metrics)) {
    const { count, rate } = values;
    if (type === 'counter' && count !== undefined && rate !== undefined && rate > 0) return (count * 1000) / rate;
  }
  return 0;
}

/** k6 writes null for what it could not compute. */
function numbers(values: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

function mapped<From, To>(record: Readonly<Record<string, From>>, to: (from: From, name: string) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, from]) => [name, to(from, name)]));
}

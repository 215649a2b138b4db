/** The output of `autocannon --json`, from 2016 to today. Pure. What a version did not write is null. */
import { z } from 'zod';
import { instantOf, LONGEST_MS, type NotRead } from '../../run/tools/foreign-run.ts';
import { issueText } from '../../run/tools/json-documents.ts';

const nothing = z.null().transform(() => undefined);
const figure = z.number().nonnegative();
const count = z.union([figure, nothing]).optional();
/** Percentiles by their names, and what else there is. */
const histogram = z.record(z.string(), z.unknown());
const instant = z
  .union([z.string(), z.number()])
  .refine((text) => instantOf(text) !== null, 'write a time like 2026-03-01T12:00:00Z');
const outputSchema = z.object({
  url: z.union([z.string(), z.array(z.string()), nothing]).optional(),
  connections: count,
  pipelining: count,
  workers: count,
  /** Seconds. */
  duration: z
    .number()
    .positive()
    .max(LONGEST_MS / 1000),
  start: instant.optional(),
  finish: instant.optional(),
  errors: count,
  timeouts: count,
  mismatches: count,
  resets: count,
  '1xx': count,
  '2xx': count,
  '3xx': count,
  '4xx': count,
  '5xx': count,
  statusCodeStats: z.record(z.string(), z.object({ count: figure })).optional(),
  latency: histogram,
  requests: histogram,
  throughput: histogram.optional(),
});

export type AutocannonOutput = z.infer<typeof outputSchema>;

export const AUTOCANNON_REMEDY = 'give what autocannon --json printed: autocannon --json http://127.0.0.1:8080 > autocannon.json';

/** Reads a document. */
export function readAutocannonOutput(data: unknown): AutocannonOutput | NotRead {
  const read = outputSchema.safeParse(data);
  const problem = read.success ? wrongFigure(read.data) : issueText(data, read.error);
  if (problem !== null) return { problem: `is not output of autocannon: ${problem}`, remedy: AUTOCANNON_REMEDY };
  return read.data as AutocannonOutput;
}

/** In histograms, null means that it could not compute the value; anything else is a number that is not negative. */
function wrongFigure({ latency, requests, throughput }: AutocannonOutput): string | null {
  for (const [name, values] of Object.entries({ latency, requests, throughput: throughput ?? {} })) {
    const read = z.record(z.string(), figure.nullable()).safeParse(values);
    if (!read.success) return issueText({ [name]: values }, prefixed(read.error, name));
  }
  return null;
}

function prefixed({ issues }: z.ZodError, name: string): z.ZodError {
  return new z.ZodError(issues.map((issue) => ({ ...issue, path: [name, ...issue.path] })));
}

/** A figure of a histogram; null if it has none. */
export function histogramFigure(histogram: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = histogram[name];
  return typeof value === 'number' ? value : null;
}

const PERCENTILE = /^p(\d+)(?:_(\d+))?$/;

/** Of a histogram, by percentile. `p99_9` is what versions before 3 called `p999`. */
export function percentilesOf(histogram: Readonly<Record<string, unknown>>): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const name of Object.keys(histogram)) {
    const value = histogramFigure(histogram, name);
    const percentile = percentileOf(name);
    if (percentile !== null && value !== null) found.set(percentile, value);
  }
  return found;
}

function percentileOf(name: string): number | null {
  if (name === 'min') return 0;
  if (name === 'max') return 100;
  const [, whole, decimals] = PERCENTILE.exec(name) ?? [];
  if (whole === undefined) return null;
  if (decimals !== undefined) return Number(`${whole}.${decimals}`);
  return whole.length <= 2 ? Number(whole) : Number(`${whole.slice(0, 2)}.${whole.slice(2)}`);
}

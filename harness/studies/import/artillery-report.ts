/**
 * The JSON report of Artillery (`artillery run --output`), of version 2 and version 1, in one form: counters, summaries and times. Pure.
 * Version 1 has fixed fields; they get the names that version 2 gives to the same counts.
 */
import { z } from 'zod';
import { before, durationFrom, instantOf, type NotRead } from '../../run/tools/foreign-run.ts';
import { issueText } from '../../run/tools/json-documents.ts';

const count = z.number().nonnegative();
const counts = z.record(z.string(), count.nullable());
const summary = z.record(z.string(), z.number().nullable());
const moment = z
  .union([z.string(), z.number()])
  .refine(
    (given) => given === 0 || instantOf(given) !== null,
    'write a time like 2026-03-01T12:00:00Z, or milliseconds since 1970',
  );
const period = z.object({
  counters: counts.optional(),
  rates: summary.optional(),
  summaries: z.record(z.string(), summary).optional(),
  /** The same as `summaries`, in every file that has both. */
  histograms: z.record(z.string(), summary).optional(),
  firstMetricAt: moment.nullable().optional(),
  lastMetricAt: moment.nullable().optional(),
  firstCounterAt: moment.nullable().optional(),
  lastCounterAt: moment.nullable().optional(),
});
const first = z.object({
  timestamp: moment.optional(),
  scenariosCreated: count.optional(),
  scenariosCompleted: count.optional(),
  scenariosAvoided: count.optional(),
  requestsCompleted: count,
  latency: summary.optional(),
  rps: z.object({ count: count.optional(), mean: count.nullable().optional() }).optional(),
  scenarioDuration: summary.optional(),
  errors: counts.optional(),
  codes: counts.optional(),
  matches: count.optional(),
});

export interface ArtilleryReport {
  readonly counters: Readonly<Record<string, number>>;
  readonly rates: Readonly<Record<string, number | null>>;
  /** By name, with its figures as Artillery calls them: `p95`, `median`, `count`. */
  readonly summaries: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
}

export const ARTILLERY_REMEDY = 'give the file of artillery run --output report.json';

/** Reads a document. */
export function readArtilleryReport(data: unknown): ArtilleryReport | NotRead {
  const read = reportOf(data);
  return typeof read === 'string' ? { problem: `is not a report of Artillery: ${read}`, remedy: ARTILLERY_REMEDY } : read;
}

function reportOf(data: unknown): ArtilleryReport | string {
  const { aggregate, intermediate } = (data ?? {}) as { readonly aggregate?: unknown; readonly intermediate?: unknown };
  if (typeof aggregate !== 'object' || aggregate === null) return 'aggregate is missing';
  if ('requestsCompleted' in aggregate) {
    const read = first.safeParse(aggregate);
    return read.success ? ofFirst(read.data) : issueText(aggregate, read.error);
  }
  const read = period.safeParse(aggregate);
  if (!read.success) return issueText(aggregate, read.error);
  const whole = read.data;
  if (Object.keys(whole.counters ?? {}).length > 0) return ofPeriods(whole, [whole]);
  // A run that was cut short may have only its periods. Counts add up; percentiles do not.
  const periods = z.array(period).safeParse(intermediate);
  const counted = periods.success ? periods.data.filter(({ counters }) => Object.keys(counters ?? {}).length > 0) : [];
  return counted.length === 0 ? 'it has no counters' : ofPeriods({}, counted);
}

type Period = z.infer<typeof period>;

function ofPeriods({ rates, summaries, histograms }: Period, periods: readonly Period[]): ArtilleryReport {
  const counters: Record<string, number> = {};
  for (const { counters: some } of periods)
    for (const [name, value] of Object.entries(some ?? {})) if (value !== null) counters[name] = (counters[name] ?? 0) + value;
  const moments = (pick: (one: Period) => readonly (string | number | null | undefined)[]): number[] =>
    periods.flatMap((one) => {
      const told = pick(one).find((at) => at != null && at !== 0);
      return told == null ? [] : [new Date(told).getTime()];
    });
  const from = moments(({ firstMetricAt, firstCounterAt }) => [firstMetricAt, firstCounterAt]);
  const to = moments(({ lastMetricAt, lastCounterAt }) => [lastMetricAt, lastCounterAt]);
  const [begun, ended] = [Math.min(...from), Math.max(...to)];
  return {
    counters,
    rates: rates ?? {},
    summaries: summaries ?? histograms ?? {},
    startedAt: from.length === 0 ? null : new Date(begun).toISOString(),
    durationMs: from.length === 0 || to.length === 0 || ended <= begun ? null : ended - begun,
  };
}

function ofFirst(report: z.infer<typeof first>): ArtilleryReport {
  const { timestamp, rps, codes, errors, latency, scenarioDuration, requestsCompleted } = report;
  const named = (prefix: string, some: Readonly<Record<string, number | null>> | undefined): (readonly [string, number])[] =>
    Object.entries(some ?? {}).flatMap(([name, value]) => (value === null ? [] : [[`${prefix}.${name}`, value] as const]));
  const told = (name: string, value: number | undefined): (readonly [string, number])[] =>
    value === undefined ? [] : [[name, value]];
  // Its rate is the count over the time that it took.
  const { count: made, mean } = rps ?? {};
  const durationMs = made === undefined || mean == null ? null : durationFrom(made, mean);
  return {
    counters: Object.fromEntries([
      ...told('http.requests', made),
      ['http.responses', requestsCompleted] as const,
      ...named('http.codes', codes),
      ...named('errors', errors),
      ...told('vusers.created', report.scenariosCreated),
      ...told('vusers.completed', report.scenariosCompleted),
      ...told('vusers.skipped', report.scenariosAvoided),
      ...told('matches', report.matches),
    ]),
    rates: mean === undefined ? {} : { 'http.request_rate': mean },
    summaries: {
      ...(latency === undefined ? {} : { 'http.response_time': latency }),
      ...(scenarioDuration === undefined ? {} : { 'vusers.session_length': scenarioDuration }),
    },
    // The time when it was written.
    startedAt: timestamp === undefined ? null : before(instantOf(timestamp), durationMs),
    durationMs,
  };
}

/** The output of `autocannon --json` as a run. Pure. It has no p95, and with a rate it invents samples: those are not believed. */
import { z } from 'zod';
import { wholeLatency } from '../measure/latency-summary.ts';
import type { HttpMeasured } from '../result/result.ts';
import { NO_LAG } from '../run/nothing-measured.ts';
import { type ForeignRun, type NotRead, parseJson } from './foreign-run.ts';

const US_PER_MS = 1_000;
const count = z.number().nonnegative();
const outputSchema = z.object({
  url: z.string().optional(),
  connections: count,
  pipelining: count.default(1),
  workers: count.optional(),
  /** Seconds. */
  duration: z.number().positive(),
  start: z.string(),
  errors: count,
  timeouts: count,
  '1xx': count.default(0),
  '2xx': count,
  '3xx': count,
  '4xx': count,
  '5xx': count,
  statusCodeStats: z.record(z.string(), z.object({ count })).default({}),
  latency: z.object({
    min: count,
    max: count,
    p50: count,
    p75: count.optional(),
    p90: count,
    p97_5: count.optional(),
    p99: count,
    p99_9: count,
    p99_99: count.optional(),
    totalCount: count.optional(),
  }),
  requests: z.object({ average: count, total: count, sent: count }),
  throughput: z.object({ total: count }),
});
type Output = z.infer<typeof outputSchema>;

const REMEDY = 'give what autocannon --json printed: autocannon --json http://127.0.0.1:8080 > autocannon.json';

/** Reads the file's text. */
export function readAutocannon(text: string): ForeignRun | NotRead {
  const json = parseJson(text);
  if ('problem' in json) return { ...json, remedy: REMEDY };
  const read = outputSchema.safeParse(json.data);
  if (read.success) return runOf(read.data);
  const [issue] = read.error.issues;
  return { problem: `is no output of autocannon: ${issue?.path.join('.')}: ${issue?.message}`, remedy: REMEDY };
}

function runOf(output: Output): ForeignRun {
  const { connections, duration, requests, latency, url, start } = output;
  const answered = output['1xx'] + output['2xx'] + output['3xx'] + output['4xx'] + output['5xx'];
  const samples = latency.totalCount ?? answered;
  const invented = Math.max(0, samples - answered);
  const http = httpOf(output, answered, samples);
  const believed: HttpMeasured = invented === 0 ? http : { ...http, latency: null };
  return {
    measuredBy: {
      tool: 'autocannon',
      caveats: [
        'A connection asks again when it has its answer, so a slow server is asked less: latencies are service times, in whole milliseconds.',
        'autocannon gives no p95, and nothing over time.',
      ],
      figures: [
        { name: 'latency', unit: 'ms', values: numbersOf(latency) },
        { name: 'requests', unit: '', values: numbersOf(requests) },
        { name: 'throughput', unit: 'bytes', values: numbersOf(output.throughput) },
      ],
    },
    startedAt: new Date(start).toISOString(),
    durationMs: duration * 1000,
    target: url ?? null,
    load: {
      users: connections,
      connections,
      offered: requests.sent,
      sent: requests.sent,
      ratePerSecond: http.answeredPerSecond,
      ackedPerSecond: http.ok / duration,
      workers: http.workers,
      model: `closed loop, ${connections} connections`,
      loop: 'closed',
      resolutionUs: US_PER_MS,
    },
    latency: {
      response: null,
      service: wholeLatency(believed.latency),
      lag: NO_LAG,
      delivery: null,
    },
    http: believed,
    checks: [],
    invalidity:
      invented === 0
        ? []
        : [
            `autocannon counted ${samples} latencies of ${answered} answers: with a rate it invents samples; run it with --ignoreCoordinatedOmission`,
          ],
    served: output['2xx'],
  };
}

function httpOf({ latency, requests, ...output }: Output, answered: number, samples: number): HttpMeasured {
  const us = (ms: number): number => ms * US_PER_MS;
  const inFlight = output.connections * output.pipelining;
  const curve: readonly (readonly [number, number | undefined])[] = [
    [0, latency.min],
    [50, latency.p50],
    [75, latency.p75],
    [90, latency.p90],
    [97.5, latency.p97_5],
    [99, latency.p99],
    [99.9, latency.p99_9],
    [99.99, latency.p99_99],
    [100, latency.max],
  ];
  return {
    origins: output.url === undefined ? [] : [output.url],
    connections: output.connections,
    pipelining: output.pipelining,
    workers: output.workers ?? 1,
    ratePerSecond: null,
    loop: 'closed',
    resolutionUs: US_PER_MS,
    fromMs: 0,
    toMs: output.duration * 1000,
    sent: requests.sent,
    answered,
    ok: output['2xx'],
    statuses: Object.fromEntries(Object.entries(output.statusCodeStats).map(([status, it]) => [status, it.count])),
    errors: output.errors,
    timeouts: output.timeouts,
    // What was under way when the time was over is neither answered nor failed.
    unanswered: Math.max(0, requests.sent - answered - inFlight),
    bytes: output.throughput.total,
    answeredPerSecond: answered / output.duration,
    latency:
      samples === 0
        ? null
        : {
            count: samples,
            minUs: us(latency.min),
            p50Us: us(latency.p50),
            p90Us: us(latency.p90),
            p95Us: null,
            p99Us: us(latency.p99),
            p999Us: us(latency.p99_9),
            maxUs: us(latency.max),
            curve: curve.flatMap(([percentile, ms]): [number, number][] => (ms === undefined ? [] : [[percentile, us(ms)]])),
          },
    seconds: [],
    messages: null,
  };
}

function numbersOf(values: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

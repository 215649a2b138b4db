/** The output of `autocannon --json` as a run. Pure. It has no p95, and with a rate it invents samples, which are not believed. */
import { withoutP95 } from '../../evidence/measure/latency-summary.ts';
import type { HttpMeasured } from '../../evidence/result/result.ts';
import { before, type ForeignRun, instantOf, perSecond } from '../../run/tools/foreign-run.ts';
import { toldLatency } from '../../run/tools/told-latency.ts';
import { type AutocannonOutput, histogramFigure, percentilesOf } from './autocannon-output.ts';

const US_PER_MS = 1_000;
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

export function autocannonRun(output: AutocannonOutput): ForeignRun {
  const { duration, latency, requests, throughput } = output;
  const http = httpOf(output);
  const samples = histogramFigure(latency, 'totalCount');
  const invented = samples === null || http.answered === null ? 0 : Math.max(0, samples - http.answered);
  const believed: HttpMeasured = invented === 0 ? http : { ...http, latency: null };
  const durationMs = duration * 1000;
  return {
    measuredBy: {
      tool: 'autocannon',
      caveats: caveatsOf(output, http),
      figures: [
        { name: 'latency', unit: 'ms', values: figuresOf(latency) },
        { name: 'requests', unit: '', values: figuresOf(requests) },
        ...(throughput === undefined ? [] : [{ name: 'throughput', unit: 'bytes', values: figuresOf(throughput) }]),
      ],
    },
    startedAt: startOf(output, durationMs),
    durationMs,
    target: output.url === undefined ? null : [output.url].flat().join(', '),
    load: {
      users: http.connections,
      connections: http.connections,
      offered: http.sent,
      sent: http.sent,
      ratePerSecond: http.answeredPerSecond,
      ackedPerSecond: perSecond(http.ok, durationMs),
      workers: http.workers,
      model: http.connections === null ? 'closed loop' : `closed loop, ${http.connections} connections`,
      loop: 'closed',
      resolutionUs: US_PER_MS,
    },
    latency: { response: null, service: withoutP95(believed.latency), lag: null, delivery: null },
    http: believed,
    checks: [],
    invalidity:
      invented === 0
        ? []
        : [
            `autocannon counted ${samples} latencies of ${http.answered} answers: with a rate it invents samples; run it with --ignoreCoordinatedOmission`,
          ],
    served: http.ok,
  };
}

function httpOf(output: AutocannonOutput): HttpMeasured {
  const { latency, requests, throughput, connections, pipelining, statusCodeStats, mismatches, resets, errors, timeouts } =
    output;
  const durationMs = output.duration * 1000;
  const classes = CLASSES.map((each) => output[each]);
  const answered = classes.every((each) => each !== undefined)
    ? classes.reduce((sum, each) => sum + each, 0)
    : histogramFigure(requests, 'total');
  const sent = histogramFigure(requests, 'sent');
  const inFlight = connections === undefined ? null : connections * (pipelining ?? 1);
  const unexpected = (mismatches ?? 0) + (resets ?? 0);
  const samples = histogramFigure(latency, 'totalCount');
  return {
    origins: output.url === undefined ? [] : [output.url].flat(),
    connections: connections ?? null,
    pipelining: pipelining ?? null,
    // It says so if there are several threads.
    workers: output.workers ?? 1,
    ratePerSecond: null,
    loop: 'closed',
    resolutionUs: US_PER_MS,
    fromMs: 0,
    toMs: durationMs,
    sent,
    answered,
    ok: output['2xx'] === undefined ? null : Math.max(0, output['2xx'] - unexpected),
    okMeans: unexpected === 0 ? 'of status 2xx' : 'of status 2xx with the expected body',
    statuses:
      statusCodeStats === undefined
        ? null
        : Object.fromEntries(Object.entries(statusCodeStats).map(([status, it]) => [status, it.count])),
    errors: errors ?? null,
    timeouts: timeouts ?? null,
    // What was in flight when the time was over is neither answered nor failed.
    unanswered: sent === null || answered === null || inFlight === null ? null : Math.max(0, sent - answered - inFlight),
    mismatches: mismatches ?? null,
    resets: resets ?? null,
    bytes: throughput === undefined ? null : histogramFigure(throughput, 'total'),
    answeredPerSecond: perSecond(answered, durationMs),
    latency: answered === 0 ? null : toldLatency(percentilesOf(latency), samples),
    seconds: [],
    messages: null,
  };
}

function startOf({ start, finish }: AutocannonOutput, durationMs: number): string | null {
  if (start !== undefined) return instantOf(start);
  return finish === undefined ? null : before(instantOf(finish), durationMs);
}

function caveatsOf(output: AutocannonOutput, { mismatches, resets, answered, ok }: HttpMeasured): string[] {
  const unexpected = (mismatches ?? 0) + (resets ?? 0);
  const bad = answered !== null && ok !== null && answered > ok + unexpected;
  return [
    'A connection sends its next request after it has an answer, so a slow server gets fewer requests: latencies are service times, in whole milliseconds.',
    'autocannon gives no p95, and nothing over time.',
    ...(histogramFigure(output.latency, 'totalCount') === null
      ? ['This version does not report how many answers its latencies cover: early versions covered only those of status 2xx.']
      : []),
    ...(unexpected > 0 && bad
      ? ['The status of answers with an unexpected body is not reported: at least as many answers were good as are counted here.']
      : []),
    ...(output.start === undefined && output.finish === undefined
      ? ['The start is not reported: the time of the file less the length of the run is used.']
      : []),
  ];
}

function figuresOf(values: Readonly<Record<string, unknown>>): Record<string, number | null> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, histogramFigure(values, name)]));
}

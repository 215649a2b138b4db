/** The report of Artillery as a run. Pure. Its users arrive by themselves, and each waits for its answer before its next request. */
import { withoutP95 } from '../../evidence/measure/latency-summary.ts';
import type { HttpMeasured } from '../../evidence/result/result.ts';
import { type ForeignRun, perSecond } from '../../run/tools/foreign-run.ts';
import { toldLatency } from '../../run/tools/told-latency.ts';
import type { ArtilleryReport } from './artillery-report.ts';

/** It writes one decimal of a millisecond. */
const RESOLUTION_US = 100;
const CODE = /^http\.codes\.(\d{3})$/;
const ERROR = /^errors\./;
const TIMEOUT = /^errors\.E(?:SOCKET)?TIMEDOUT$/;
/** Summaries in milliseconds; the unit of others is not known. */
const TIMES = /(?:^|\.)(?:response_time|session_length|dns|tcp|tls|total|firstByte)(?:\.|$)/;
const PERCENTILES: ReadonlyMap<string, number> = new Map([
  ['min', 0],
  ['median', 50],
  ['p50', 50],
  ['p75', 75],
  ['p90', 90],
  ['p95', 95],
  ['p99', 99],
  ['p999', 99.9],
  ['max', 100],
]);

export function artilleryRun({ counters, rates, summaries, startedAt, durationMs }: ArtilleryReport): ForeignRun {
  const http = httpOf(counters, summaries, durationMs);
  const users = counters['vusers.created'] ?? null;
  const skipped = counters['vusers.skipped'] ?? 0;
  const sockets = counters['websocket.messages_sent'] ?? counters['socketio.emit'] ?? null;
  const sent = http?.sent ?? sockets;
  const socketTimes = Object.entries(summaries).find(([name]) => /^(?!http\.).*response_time$/.test(name))?.[1];
  return {
    measuredBy: {
      tool: 'artillery',
      caveats: [
        'Virtual users arrive at their own times, and each sends its next request after it has an answer: latencies are service times, to the first byte of the answer.',
        'Artillery keeps no ledger: nothing shows that every message arrived once, in order and at nobody else.',
        'Its percentiles are within 1% of what was measured; its figures for each ten seconds are not read.',
        ...(http === null
          ? []
          : [
              "An answer is judged good by its status, whatever the script's own expectations said; violations of these are among the errors.",
            ]),
        ...(startedAt === null ? ['The start is not reported: the time of the file less the length of the run is used.'] : []),
      ],
      figures: [
        ...Object.entries(counters).map(([name, value]) => ({ name, unit: '', values: { count: value } })),
        ...Object.entries(rates).map(([name, value]) => ({ name, unit: '', values: { 'a second': value } })),
        ...Object.entries(summaries).map(([name, values]) => ({
          name,
          unit: TIMES.test(name) ? 'ms' : '',
          values: { ...values },
        })),
      ],
    },
    startedAt,
    durationMs,
    target: null,
    load: {
      users,
      connections: null,
      offered: sent,
      sent,
      ratePerSecond: perSecond(sent, durationMs),
      ackedPerSecond: perSecond(http?.ok ?? null, durationMs),
      workers: null,
      model: 'Artillery',
      loop: null,
      resolutionUs: RESOLUTION_US,
    },
    latency: {
      response: null,
      service: withoutP95(http?.latency ?? (socketTimes === undefined ? null : latencyOf(socketTimes))),
      lag: null,
      delivery: null,
    },
    http,
    checks: [],
    invalidity:
      skipped === 0
        ? []
        : [`Artillery skipped ${skipped} virtual users that were due: give it a higher maxVusers, or a lower arrival rate`],
    served: http === null ? (counters['websocket.messages_received'] ?? socketTimes?.count ?? null) : http.ok,
  };
}

/** Null if no HTTP request was sent. */
function httpOf(
  counters: ArtilleryReport['counters'],
  summaries: ArtilleryReport['summaries'],
  durationMs: number | null,
): HttpMeasured | null {
  const sent = counters['http.requests'] ?? null;
  const codes = Object.entries(counters).flatMap(([name, count]): [string, number][] => {
    const [, code] = CODE.exec(name) ?? [];
    return code === undefined ? [] : [[code, count]];
  });
  const answered = counters['http.responses'] ?? (codes.length === 0 ? null : sum(codes));
  if ((sent ?? 0) === 0 && (answered ?? 0) === 0) return null;
  const some = (pattern: RegExp): number => sum(Object.entries(counters).filter(([name]) => pattern.test(name)));
  const times = summaries['http.response_time'];
  return {
    origins: [],
    connections: null,
    pipelining: 1,
    workers: null,
    ratePerSecond: null,
    loop: null,
    resolutionUs: RESOLUTION_US,
    fromMs: 0,
    toMs: durationMs,
    sent,
    answered,
    // Answers without a status are in no report; if there are answers but no status, it was left out.
    ok: codes.length === 0 && answered !== 0 ? null : sum(codes.filter(([code]) => code.startsWith('2'))),
    okMeans: 'of status 2xx',
    statuses: codes.length === 0 ? null : Object.fromEntries(codes),
    // It counts only what there was.
    errors: some(ERROR),
    timeouts: some(TIMEOUT),
    unanswered: sent === null || answered === null ? null : Math.max(0, sent - answered),
    mismatches: null,
    resets: null,
    bytes: counters['http.downloaded_bytes'] ?? null,
    answeredPerSecond: perSecond(answered, durationMs),
    latency: times === undefined ? null : latencyOf(times),
    seconds: [],
    messages: null,
  };
}

function latencyOf(times: Readonly<Record<string, number | null>>): HttpMeasured['latency'] {
  const told = [...PERCENTILES].flatMap(([name, percentile]): [number, number][] => {
    const ms = times[name];
    return ms == null ? [] : [[percentile, ms]];
  });
  return toldLatency(new Map(told), times.count ?? null);
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}

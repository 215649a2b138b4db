/**
 * A summary of k6 as a run. Pure. What k6 cannot say is left out and named: it has no ledger, its summary has nothing over time, and of its
 * own accord it waits for an answer before it asks again.
 */
import { wholeLatency } from '../measure/latency-summary.ts';
import type { HttpMeasured } from '../result/result.ts';
import { NO_LAG } from '../run/nothing-measured.ts';
import type { ForeignRun } from './foreign-run.ts';
import { httpLatencyOf, latencyOf, missingStats } from './k6-latency.ts';
import { type K6Metric, type K6Summary, TREND_STATS } from './k6-summary.ts';
import { thresholdChecks } from './k6-thresholds.ts';

/** Metrics of the script that letitcrash writes for the native protocol. */
export const SCRIPT_METRICS = {
  response: 'letitcrash_response',
  service: 'letitcrash_service',
  lag: 'letitcrash_lag',
  delivery: 'letitcrash_delivery',
  sent: 'letitcrash_sent',
  acked: 'letitcrash_acked',
  refused: 'letitcrash_refused',
  delivered: 'letitcrash_delivered',
  unanswered: 'letitcrash_unanswered',
  offered: 'letitcrash_offered',
  connected: 'letitcrash_connected',
} as const;

export function k6Run(summary: K6Summary): ForeignRun {
  const { metrics, durationMs, script } = summary;
  const count = (name: string): number => Math.round(metrics[name]?.values.count ?? 0);
  const http = httpOf(summary);
  const messages = metrics[SCRIPT_METRICS.acked] !== undefined || metrics[SCRIPT_METRICS.offered] !== undefined;
  const acked = count(SCRIPT_METRICS.acked);
  const sockets = count('ws_msgs_sent');
  const users = Math.round(metrics.vus_max?.values.value ?? metrics.vus_max?.values.max ?? 0);
  const lag = latencyOf(metrics[SCRIPT_METRICS.lag], 0) ?? NO_LAG;
  const seconds = Math.max(durationMs / 1000, 1e-3);
  const dropped = count('dropped_iterations');
  const sent = messages ? count(SCRIPT_METRICS.sent) : (http?.sent ?? sockets);
  // Which frames of somebody else's sockets were answers, k6 does not know.
  const acknowledged = messages ? acked : (http?.ok ?? null);
  return {
    measuredBy: {
      tool: 'k6',
      caveats: caveatsOf(summary, messages, http),
      figures: Object.entries(metrics).map(([name, { unit, values }]) => ({ name, unit, values: { ...values } })),
    },
    startedAt: script?.startedAt ?? null,
    durationMs,
    target: script?.target ?? null,
    load: {
      users,
      connections: messages ? count(SCRIPT_METRICS.connected) : users,
      offered: messages ? count(SCRIPT_METRICS.offered) : sent + dropped,
      sent,
      ratePerSecond: sent / seconds,
      ackedPerSecond: acknowledged === null ? null : acknowledged / seconds,
      workers: 1,
      model: messages ? 'arrivals drawn by virtual user' : `k6, ${users} virtual users`,
      loop: messages ? 'open' : 'closed',
      resolutionUs: messages ? 1_000 : 1,
    },
    latency: {
      response: latencyOf(metrics[SCRIPT_METRICS.response], acked),
      service: messages ? latencyOf(metrics[SCRIPT_METRICS.service], acked) : wholeLatency(http?.latency ?? null),
      lag,
      delivery: latencyOf(metrics[SCRIPT_METRICS.delivery], count(SCRIPT_METRICS.delivered)),
    },
    http,
    checks: thresholdChecks(summary),
    invalidity:
      dropped === 0
        ? []
        : [`k6 dropped ${dropped} iterations that it had no virtual user for: give it more (maxVUs), or a lower rate`],
    served: acked + (http?.ok ?? 0) + (messages ? 0 : count('ws_msgs_received')),
  };
}

/** Null where nothing was asked by HTTP. */
function httpOf({ metrics, durationMs }: K6Summary): HttpMeasured | null {
  const requests = Math.round(metrics.http_reqs?.values.count ?? 0);
  if (requests === 0) return null;
  const failed = failedOf(metrics.http_req_failed, requests);
  const seconds = Math.max(durationMs / 1000, 1e-3);
  return {
    origins: [],
    connections: Math.round(metrics.vus_max?.values.value ?? metrics.vus_max?.values.max ?? 0),
    pipelining: 1,
    workers: 1,
    ratePerSecond: null,
    loop: 'closed',
    resolutionUs: 1,
    fromMs: 0,
    toMs: durationMs,
    sent: requests,
    // A connection that failed counts as a request of status 0: the summary does not tell them apart.
    answered: requests,
    ok: requests - failed,
    statuses: {},
    errors: 0,
    timeouts: 0,
    unanswered: 0,
    bytes: Math.round(metrics.data_received?.values.count ?? 0),
    answeredPerSecond: requests / seconds,
    latency: httpLatencyOf(metrics.http_req_duration, requests),
    seconds: [],
    messages: null,
  };
}

/** `passes` of this rate are the samples that are true, which is requests that failed. */
function failedOf(rate: K6Metric | undefined, requests: number): number {
  if (rate === undefined) return 0;
  return Math.round(rate.values.passes ?? (rate.values.rate ?? 0) * requests);
}

function caveatsOf({ metrics }: K6Summary, messages: boolean, http: HttpMeasured | null): string[] {
  const trend = metrics[messages ? SCRIPT_METRICS.response : 'http_req_duration'];
  const missing = trend === undefined ? [] : missingStats(trend);
  return [
    messages
      ? 'Each virtual user sends at times drawn ahead, and response times count from them: an open loop, unless lag says that k6 was late.'
      : 'A virtual user of k6 asks again when it has its answer, so a slow server is asked less: latencies are service times.',
    'k6 keeps no ledger: nothing says that every message arrived, once, in order and to nobody else.',
    'A summary holds no times of day: there is nothing over time.',
    ...(http === null
      ? []
      : [
          'An answer is good where k6 did not count it as failed: status 200 to 399, unless the script says otherwise. Failed connections count as answers.',
        ]),
    ...(missing.length === 0
      ? []
      : [`Without ${missing.join(', ')}: k6 gives them with --summary-trend-stats "${TREND_STATS}".`]),
  ];
}

/**
 * A summary of k6 as a run. Pure. What k6 cannot report is left out and named: it has no ledger, its summary has nothing over time, and by
 * default it waits for an answer before its next request.
 */
import { withoutP95 } from '../../../evidence/measure/latency-summary.ts';
import type { HttpMeasured } from '../../../evidence/result/result.ts';
import { before, type ForeignRun, perSecond } from '../../tools/foreign-run.ts';
import { httpLatencyOf, latencyOf, missingStats } from './k6-latency.ts';
import type { K6Metric, K6Summary } from './k6-metric.ts';
import { TREND_STATS } from './k6-summary.ts';
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

/** The timing metric of a run without HTTP: the first one that exists. */
const OTHER_TIMES = ['grpc_req_duration', 'ws_ping', 'browser_http_req_duration'];

export function k6Run(summary: K6Summary): ForeignRun {
  const { metrics, durationMs, script } = summary;
  const http = httpOf(summary);
  const messages = metrics[SCRIPT_METRICS.acked] !== undefined || metrics[SCRIPT_METRICS.offered] !== undefined;
  const own = (name: string): number | null => (messages ? (countOf(metrics[name]) ?? 0) : null);
  const users = gaugeOf(metrics.vus_max);
  const dropped = countOf(metrics.dropped_iterations);
  const sent = own(SCRIPT_METRICS.sent) ?? http?.sent ?? countOf(metrics.ws_msgs_sent);
  // k6 does not know which frames of other sockets were answers.
  const acknowledged = own(SCRIPT_METRICS.acked) ?? http?.ok ?? null;
  const other = OTHER_TIMES.find((name) => metrics[name] !== undefined);
  const service = messages ? latencyOf(metrics[SCRIPT_METRICS.service], acknowledged) : withoutP95(http?.latency ?? null);
  return {
    measuredBy: {
      tool: 'k6',
      caveats: caveatsOf(summary, messages, http),
      figures: Object.entries(metrics).map(([name, { unit, values }]) => ({ name, unit, values: { ...values } })),
    },
    startedAt: script?.startedAt ?? before(summary.writtenAt, durationMs),
    durationMs,
    target: script?.target ?? null,
    load: {
      users,
      connections: own(SCRIPT_METRICS.connected),
      offered: own(SCRIPT_METRICS.offered) ?? (sent === null ? null : sent + (dropped ?? 0)),
      sent,
      ratePerSecond: perSecond(sent, durationMs),
      ackedPerSecond: perSecond(acknowledged, durationMs),
      workers: messages ? 1 : null,
      model: messages ? 'arrivals drawn by virtual user' : 'k6',
      // The summary does not say whether its iterations wait for one another or come at a fixed rate.
      loop: messages ? 'open' : null,
      resolutionUs: messages ? 1_000 : 1,
    },
    latency: {
      response: latencyOf(metrics[SCRIPT_METRICS.response], acknowledged),
      service: service ?? (other === undefined ? null : latencyOf(metrics[other], null)),
      lag: latencyOf(metrics[SCRIPT_METRICS.lag], null),
      delivery: latencyOf(metrics[SCRIPT_METRICS.delivery], own(SCRIPT_METRICS.delivered)),
    },
    http,
    checks: thresholdChecks(summary),
    invalidity:
      dropped === null || dropped === 0
        ? []
        : [`k6 dropped ${dropped} iterations for which it had no virtual user: give it more (maxVUs), or a lower rate`],
    served: servedOf(metrics, http, own(SCRIPT_METRICS.acked)),
  };
}

/** Null if no HTTP request was sent. */
function httpOf({ metrics, durationMs }: K6Summary): HttpMeasured | null {
  const requests = countOf(metrics.http_reqs);
  if (metrics.http_req_duration === undefined && (requests === null || requests === 0)) return null;
  if (requests === 0) return null;
  const failed = requests === null ? null : failedOf(metrics.http_req_failed, requests);
  return {
    origins: [],
    connections: null,
    pipelining: null,
    workers: null,
    ratePerSecond: null,
    loop: null,
    resolutionUs: 1,
    fromMs: 0,
    toMs: durationMs,
    sent: requests,
    // A request without an answer counts as one of status 0: only if none failed were all answered.
    answered: failed === 0 ? requests : null,
    ok: requests === null || failed === null ? null : Math.max(0, requests - failed),
    okMeans: "good by k6's count (status 200 to 399, unless the script says otherwise)",
    statuses: null,
    errors: null,
    timeouts: null,
    unanswered: null,
    mismatches: null,
    resets: null,
    bytes: countOf(metrics.data_received),
    answeredPerSecond: failed === 0 ? perSecond(requests, durationMs) : null,
    latency: httpLatencyOf(metrics.http_req_duration, requests),
    seconds: [],
    messages: null,
  };
}

/** For this rate, `passes` are the samples that are true, which are requests that failed. Null if it is not reported. */
function failedOf(rate: K6Metric | undefined, requests: number): number | null {
  const { passes, fails, rate: share } = rate?.values ?? {};
  if (passes != null) return passes + (fails ?? requests) === 0 ? null : Math.round(passes);
  return share == null ? null : Math.round(share * requests);
}

/** Proof that the server served: null if requests were sent but nothing shows whether any was answered well. */
function servedOf(metrics: K6Summary['metrics'], http: HttpMeasured | null, acked: number | null): number | null {
  if (http !== null && http.ok === null && acked === null) return null;
  const proofs = [http?.ok, acked, acked === null ? countOf(metrics.ws_msgs_received) : null];
  // Without either, the script's own checks are what is known about the answers.
  if (http === null && acked === null) proofs.push(metrics.checks?.values.passes ?? metrics.checks_succeeded?.values.passes);
  return proofs.reduce<number>((sum, proof) => sum + (proof ?? 0), 0);
}

/** Null if it is not reported. */
function countOf(metric: K6Metric | undefined): number | null {
  const count = metric?.values.count;
  return count == null ? null : Math.round(count);
}

function gaugeOf(metric: K6Metric | undefined): number | null {
  const value = metric?.values.max ?? metric?.values.value;
  return value == null ? null : Math.max(0, Math.round(value));
}

function caveatsOf(
  { metrics, tellsThresholds, script, writtenAt }: K6Summary,
  messages: boolean,
  http: HttpMeasured | null,
): string[] {
  const trend = metrics[messages ? SCRIPT_METRICS.response : 'http_req_duration'];
  const missing = trend === undefined ? [] : missingStats(trend);
  return [
    messages
      ? 'Each virtual user sends at times drawn in advance, and response times count from them: this is an open loop, unless lag says that k6 was late.'
      : 'A virtual user of k6 sends its next request after it has an answer, so a slow server gets fewer requests: latencies are service times.',
    'k6 keeps no ledger: nothing shows that every message arrived once, in order and at nobody else.',
    'A summary has no times of day, so nothing is shown over time.',
    ...(script !== null || writtenAt !== null
      ? []
      : ['The start is not reported: the time of the file less the length of the run is used.']),
    ...(http === null ? [] : [goodText(http)]),
    ...(tellsThresholds
      ? []
      : ['The machine-readable summary does not report thresholds, so it is not known whether any failed.']),
    ...(missing.length === 0 ? [] : [missingText(missing, tellsThresholds)]),
  ];
}

function goodText({ ok }: HttpMeasured): string {
  return ok === null
    ? 'It has no http_req_failed, so it is not known how many requests were answered well.'
    : 'An answer is good if k6 did not count it as failed: status 200 to 399, unless the script says otherwise. Failed connections count as requests and are not distinguished from bad answers.';
}

function missingText(missing: readonly string[], asked: boolean): string {
  const how = asked
    ? `k6 gives them with --summary-trend-stats "${TREND_STATS}"`
    : `k6 gives them with --summary-trend-stats "${TREND_STATS}" and without --new-machine-readable-summary`;
  return `Without ${missing.join(', ')}: ${how}.`;
}

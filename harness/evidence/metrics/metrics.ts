/**
 * Every metric that an expectation may name: its unit, its meaning, and how to read it from a Result. Pure.
 *
 * A metric that was not measured, or that never came (a fault that was never recovered from), reads as null and meets no condition.
 */
import { accounted } from '../result/accounted.ts';
import { isNever } from '../result/never.ts';
import type { Delivery, HttpMeasured, LatencySummary, Result } from '../result/result.ts';
import { atMostBytes, resolvedBytes, type SlopeName, slopeOf } from '../result/slopes.ts';
import type { LoadKind, Metric } from './metric.ts';
import type { MetricUnit } from './metric-unit.ts';
import { recoveryMetrics } from './recovery-metrics.ts';

/** What every load measures, about servers and about itself. */
const ALL: readonly LoadKind[] = ['messages', 'requests', 'k6'];
const MESSAGES: readonly LoadKind[] = ['messages'];
const ANY_MESSAGES: readonly LoadKind[] = ['messages', 'k6'];

function metric(
  [name, unit, better]: readonly [name: string, unit: MetricUnit, better: Metric['better']],
  loads: readonly LoadKind[],
  summary: string,
  read: (result: Result) => number | null,
): Metric {
  return { name, unit, better, summary, loads, needs: 'nothing', read };
}

type Latency = 'response' | 'service' | 'lag' | 'delivery';

const LATENCY_MEANING: Readonly<Record<Latency, string>> = {
  response: 'intended send time to acknowledgement',
  service: 'first write to acknowledgement',
  lag: 'intended send time to the generator handling it',
  delivery: 'intended send time to arrival at a connected receiver',
};
const PERCENTILES: readonly (readonly [string, keyof LatencySummary & `${string}Us`])[] = [
  ['p50', 'p50Us'],
  ['p90', 'p90Us'],
  ['p99', 'p99Us'],
  ['p99.9', 'p999Us'],
  ['max', 'maxUs'],
];
const latencies = (['response', 'service', 'lag', 'delivery'] as const).flatMap((kind) =>
  PERCENTILES.map(
    ([name, field]): Metric => ({
      ...metric(
        [`${kind}.${name}`, 'us', 'lower'],
        kind === 'service' ? ALL : ANY_MESSAGES,
        `${name} of ${LATENCY_MEANING[kind]}`,
        (result) => {
          const summary = result.latency[kind];
          return summary === null || summary.count === 0 ? null : summary[field];
        },
      ),
      isNever: ({ latency: { [kind]: summary } }) => summary !== null && isNever(summary, summary[field]),
    }),
  ),
);

/**
 * Two of them are not qualities by themselves. Attempts are what the scenario asks for, and fall if users are kept from writing: fewer is
 * worse. Each recovered message was in doubt first: a server that answers has none, so fewer is better.
 */
const COUNTS: readonly (readonly [keyof Delivery, Metric['better'], string])[] = [
  ['attempted', 'higher', 'messages the users meant to send and wrote'],
  ['acked', 'higher', 'messages the server promised'],
  ['failed', 'lower', 'messages the server definitely refused'],
  ['indeterminate', 'lower', 'messages written, neither promised nor refused'],
  ['recovered', 'lower', 'indeterminate messages that arrived'],
  ['delivered', 'higher', 'distinct messages that reached their receiver'],
  ['lost', 'lower', 'acknowledged messages that never arrived'],
  ['hidden', 'lower', 'acknowledged messages that arrived at or below the cursor each time, and were never shown'],
  ['duplicatesWire', 'lower', 'repeats on the wire'],
  ['duplicatesVisible', 'lower', "repeats that the protocol's own rule did not hide"],
  ['reordered', 'lower', 'messages that arrived before an earlier one of their session'],
  ['phantom', 'lower', 'messages delivered that nobody sent'],
  ['misdelivered', 'lower', 'messages that reached somebody else'],
  ['corrupted', 'lower', 'messages whose content changed'],
  ['receiptsEarly', 'lower', 'receipts before the fact'],
  ['presenceWrong', 'lower', 'watchers told the wrong presence of somebody for longer than the limit'],
  ['pending', 'lower', 'acknowledged messages still in flight when the drain gave up'],
];
const counts = COUNTS.map(([field, better, summary]) =>
  metric([`delivery.${field}`, 'count', better], MESSAGES, summary, (result) => {
    const value = accounted(result)?.[field];
    return typeof value === 'number' ? value : null;
  }),
);

const ofTheLoad: readonly Metric[] = [
  metric(
    ['rate', '/s', 'higher'],
    ALL,
    'acknowledged messages a second of the load; for HTTP requests alone, good answers',
    (result) => result.load.ackedPerSecond,
  ),
  metric(['errors', 'share', 'lower'], ANY_MESSAGES, 'share of attempted messages refused or left indeterminate', (result) => {
    const delivery = accounted(result);
    if (delivery === null || delivery.attempted === 0) return null;
    return (delivery.failed + delivery.indeterminate) / delivery.attempted;
  }),
  metric(['load.valid', 'truth', 'higher'], ALL, 'the generator kept up', ({ load: { valid } }) =>
    valid === null ? null : Number(valid),
  ),
  metric(['load.connections', 'count', 'higher'], ALL, 'highest number of open connections', (result) => result.load.connections),
  metric(['load.reconnects', 'count', 'lower'], MESSAGES, 'connections made again', (result) => result.load.reconnects),
];

/** An estimate with an interval; null if it is not resolved. */
function slopeMetric(name: string, slope: SlopeName, summary: string): Metric {
  return {
    name,
    unit: 'bytes',
    better: 'lower',
    summary,
    loads: MESSAGES,
    needs: 'nothing',
    read: (result) => resolvedBytes(result, slope),
    estimate: (result) => slopeOf(result, slope)?.bytes ?? null,
    atMost: (result) => atMostBytes(result, slope),
  };
}

const memory: readonly Metric[] = [
  slopeMetric('memory.perConnection', 'connection', 'server memory of one more connection'),
  slopeMetric('memory.heapPerConnection', 'heap', 'V8 or VM heap, and buffers that its objects hold, of one more connection'),
  slopeMetric('memory.nativePerConnection', 'native', 'memory outside the heap of one more connection'),
  slopeMetric('memory.kernelPerConnection', 'kernel', "kernel memory of the server's end of one more connection"),
  slopeMetric(
    'memory.leakPerConnection',
    'leak',
    'memory that a connection leaves behind when it is gone (memory.rounds: 5 or more)',
  ),
  slopeMetric(
    'memory.leakPerMessage',
    'leakOfMessage',
    'server memory that a message leaves behind; needs memory.rounds of 5 or more and memory.messages',
  ),
  metric(
    ['memory.leaking', 'truth', 'lower'],
    MESSAGES,
    'the whole interval of a leak, for a connection or a message, is above its tolerance',
    (result) =>
      result.memory.leak === null ? null : Number(result.memory.leak.leaking || result.memory.leakPerMessage?.leaking === true),
  ),
  metric(['memory.peakNodes', 'bytes', 'lower'], ALL, 'highest memory of all nodes together', (result) =>
    result.memory.peakPssBytes.nodes.length === 0
      ? null
      : result.memory.peakPssBytes.nodes.reduce((sum, bytes) => sum + bytes, 0),
  ),
  metric(
    ['memory.returnedToBaseline', 'truth', 'higher'],
    MESSAGES,
    'memory came back after the connections had gone',
    (result) => (result.memory.returnedToBaseline === null ? null : Number(result.memory.returnedToBaseline)),
  ),
];

const cpu = metric(
  ['cpu.serverPerMessage', 'us', 'lower'],
  MESSAGES,
  'processor time of all nodes per acknowledged message',
  (result) => result.cpu.serverUsPerMessage,
);

function httpMetric(
  [name, unit, better]: readonly [name: string, unit: MetricUnit, better: Metric['better']],
  summary: string,
  read: (http: HttpMeasured) => number | null,
): Metric {
  return {
    name: `http.${name}`,
    unit,
    better,
    summary,
    loads: ['messages', 'requests'],
    needs: 'http',
    read: ({ http }) => (http === null ? null : read(http)),
  };
}

const HTTP_PERCENTILES = [...PERCENTILES.slice(0, 2), ['p95', 'p95Us'] as const, ...PERCENTILES.slice(2)];

const http: readonly Metric[] = [
  ...HTTP_PERCENTILES.map(([name, field]) =>
    httpMetric([name, 'us', 'lower'], `${name} of the time from request to answer, in whole milliseconds`, ({ latency }) =>
      latency === null ? null : (latency[field as keyof LatencySummary & `${string}Us`] ?? null),
    ),
  ),
  httpMetric(['rate', '/s', 'higher'], 'HTTP answers a second', ({ answeredPerSecond }) => answeredPerSecond),
  httpMetric(['requests', '/s', 'higher'], 'HTTP requests a second, whatever their outcome', ({ sent, fromMs, toMs }) =>
    sent === null || toMs === null || toMs <= fromMs ? null : (sent * 1000) / (toMs - fromMs),
  ),
  httpMetric(
    ['errors', 'share', 'lower'],
    'share of HTTP requests answered with a status other than 2xx, or not at all',
    failedShare,
  ),
];

/**
 * What was in flight at the end is not a failure; if failures are not distinguished from answers, everything that was not good counts as
 * one.
 */
function failedShare({ sent, answered, ok, errors, unanswered }: HttpMeasured): number | null {
  if (sent === null || sent === 0 || ok === null) return null;
  if (answered === null) return (sent - ok) / sent;
  return Math.min(1, (answered - ok + Math.max(errors ?? 0, unanswered ?? 0)) / sent);
}

/** What is kept of a run for a judgement over many runs. */
export function readForMany({ read, estimate }: Metric, result: Result): number | null {
  return (estimate ?? read)(result);
}

/** All metrics by name, in the order of documentation. */
export const metrics: ReadonlyMap<string, Metric> = new Map(
  [...latencies, ...counts, ...recoveryMetrics, ...ofTheLoad, ...memory, cpu, ...http].map((entry) => [entry.name, entry]),
);

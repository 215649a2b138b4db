/** A plan as a script for k6: what k6 can play of it, and what is left out, in words. */
import { initialRatePerSecond, openModel, ratePieces } from '../../../plan/arrivals/arrival-models.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import type { HttpScriptPlan } from './script/http-plan.ts';
import type { NativePlan } from './script/native-plan.ts';
import { scriptText } from './script-text.ts';
import { type Thresholds, thresholdsOf } from './thresholds.ts';

export interface K6Script {
  readonly text: string;
  readonly kind: 'native' | 'http';
  readonly thresholds: Thresholds;
  /** Parts of the plan that k6 does not play or judge, one on each line. */
  readonly leftOut: readonly string[];
}

const NATIVE_MODULES = ['frames', 'credentials', 'arrivals', 'summary', 'native-plan', 'native'];
const HTTP_MODULES = ['credentials', 'summary', 'http-plan', 'http'];
const US_PER_MS = 1_000;
const DEFAULT_PORT = 8080;

/** `urls` are those of the nodes; a script that a person starts takes them from LETITCRASH_URLS. */
export async function k6Script(plan: Plan, urls: readonly string[] = []): Promise<K6Script> {
  const kind = plan.load.model.kind === 'closed' ? 'http' : 'native';
  const thresholds = thresholdsOf(plan.expectations, kind);
  const leftOut = [...(kind === 'http' ? httpLeftOut(plan) : nativeLeftOut(plan)), ...unjudged(thresholds)];
  const head = headOf(plan, leftOut);
  const given = kind === 'http' ? httpScriptPlan(plan, urls, thresholds) : nativePlan(plan, urls, thresholds);
  return { text: await scriptText(head, kind === 'http' ? HTTP_MODULES : NATIVE_MODULES, given), kind, thresholds, leftOut };
}

function headOf({ scenario: { name, summary } }: Plan, leftOut: readonly string[]): string {
  const about = [
    `${oneLine(name)}: ${oneLine(summary)}`,
    '',
    'Written by letitcrash export k6. To run it against a server of your own:',
    '  LETITCRASH_URLS=... LETITCRASH_TOKEN_KEY=... k6 run this-file',
    '  letitcrash import k6 k6-summary.json',
    ...(leftOut.length === 0 ? [] : ['', 'Left out of the scenario:', ...leftOut.map((line) => `- ${oneLine(line)}`)]),
  ];
  return `/**\n${about.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */`;
}

/** Whatever the name of a scenario is, it cannot end a comment. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').replaceAll('*/', '* /');
}

function nativePlan(
  { scenario, seed, users, load, limits }: Plan,
  urls: readonly string[],
  { thresholds }: Thresholds,
): NativePlan {
  const model = openModel(load.model);
  const warm = initialRatePerSecond(model);
  const pieces = ratePieces(model, load.durationMs * US_PER_MS).map(({ startUs, endUs, fromPerSecond, toPerSecond }) => ({
    fromMs: startUs / US_PER_MS,
    toMs: endUs / US_PER_MS,
    fromPerSecond,
    toPerSecond,
  }));
  return {
    scenario: scenario.name,
    seed,
    users,
    urls: urls.length === 0 ? [`ws://127.0.0.1:${DEFAULT_PORT}/`] : urls,
    connectPerSecond: load.connectPerSecond,
    pieces: [
      ...(load.warmUpMs === 0 ? [] : [{ fromMs: -load.warmUpMs, toMs: 0, fromPerSecond: warm, toPerSecond: warm }]),
      ...pieces.filter(({ fromMs, toMs }) => toMs > fromMs),
    ],
    poisson: model.kind === 'poisson',
    durationMs: load.durationMs,
    payloadBytes: load.payloadBytes,
    contacts: Math.min(load.contacts.perUser, users - 1),
    exponent: load.contacts.kind === 'zipf' ? load.contacts.exponent : 0,
    readShare: load.readShare,
    receiptShare: load.receiptShare,
    keepaliveMs: load.keepaliveMs,
    drainMs: Math.min(limits.drainMs, MAX_DRAIN_MS),
    thresholds,
  };
}

/** Acknowledgements that take longer are counted as unanswered. */
const MAX_DRAIN_MS = 10_000;

function httpScriptPlan(
  { scenario, users, http, load }: Plan,
  urls: readonly string[],
  { thresholds }: Thresholds,
): HttpScriptPlan {
  if (http === null) throw new RangeError('a closed loop without requests');
  return {
    scenario: scenario.name,
    users,
    urls: urls.length === 0 ? [http.url ?? `http://127.0.0.1:${DEFAULT_PORT}`] : urls,
    // A bearer token is valid only for the target that issued it.
    requests: http.url === null ? http.requests : http.requests.map((request) => ({ ...request, signed: false })),
    connections: http.connections,
    ratePerSecond: http.ratePerSecond,
    durationMs: load.durationMs,
    timeoutMs: http.timeoutMs,
    thresholds,
  };
}

function nativeLeftOut({ load, faults, abort, http, memory, deliveryMustBeIntact }: Plan): string[] {
  return [
    ...(faults.length === 0 ? [] : [`faults: k6 breaks nothing (${faults.length} steps)`]),
    ...(load.churnPerSecond === 0 && load.offlineShare === 0 ? [] : ['churn, away, offline: all users stay connected']),
    ...(http === null ? [] : ['http: the requests beside the messages']),
    ...(abort.length === 0 ? [] : ['abort: nothing ends the load early']),
    ...(memory.rounds === 0 ? [] : ['memory: k6 does not measure the server']),
    ...(deliveryMustBeIntact ? ['delivery: k6 keeps no ledger, so nothing shows that no message was lost'] : []),
  ];
}

function httpLeftOut({ http, load, abort }: Plan): string[] {
  return [
    ...(abort.length === 0 ? [] : ['abort: nothing ends the load early']),
    ...(load.warmUpMs === 0 ? [] : ['warmUp: k6 measures from the first request on']),
    ...(http !== null && http.pipelining > 1 ? ['pipelining: k6 sends one request at a time on a connection'] : []),
    ...(http !== null && http.workers > 1 ? ['workers: k6 is one process'] : []),
  ];
}

function unjudged({ others }: Thresholds): string[] {
  return others.map(({ metric, source }) => `expect.${metric} ${source}: k6 does not measure it`);
}

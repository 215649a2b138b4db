/** The Result of a load of HTTP requests alone. Pure. Parts about messages are empty or null, and say nothing. */
import type { Deployment } from '../../../../targets/target.ts';
import type { Environment } from '../../../evidence/measure/environment.ts';
import { withoutP95 } from '../../../evidence/measure/latency-summary.ts';
import { otherRunsText } from '../../../evidence/result/other-runs.ts';
import type { Result } from '../../../evidence/result/result.ts';
import { withoutWithheld } from '../../../evidence/result/withheld.ts';
import { arrivalModelText } from '../../../plan/scenario/arrival-model-text.ts';
import { evaluateExpectations } from '../../../plan/scenario/expectations.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import { HTTP_RESOLUTION_US, type OwnHttp } from '../../drivers/http/http-measured.ts';
import { type Abort, abortText } from '../abort-watch.ts';
import { interruptedText } from '../early-end.ts';
import { NOTHING_STRUCK } from '../result/nothing-measured.ts';
import { abortedOf, deployedTarget, interruptedOf, peaksAlone, reproduction, unjudgedHead } from '../result/result-parts.ts';
import type { RunRecord } from '../result/run-record.ts';
import { judgeRequests } from '../result/verdict.ts';

export interface HttpRecord
  extends Pick<RunRecord, 'peakPssBytes' | 'cpu' | 'startedAt' | 'durationMs' | 'profiledWith' | 'interrupted'> {
  readonly plan: Plan;
  /** Null if a URL was loaded. */
  readonly deployment: Pick<Deployment, 'target' | 'config'> | null;
  readonly environment: Environment;
  readonly measured: OwnHttp;
  readonly invalidity: readonly string[];
  readonly aborted: Abort | null;
}

const STEP_MS = 1_000;

export function buildHttpResult({ plan, deployment, measured, invalidity, aborted, ...record }: HttpRecord): Result {
  const { load } = plan;
  const valid = invalidity.length === 0;
  const unjudged = withoutWithheld({
    ...unjudgedHead(plan, record),
    aborted: abortedOf(aborted),
    ...interruptedOf(record),
    target:
      deployment === null
        ? { name: measured.origins.join(', '), version: 'unknown', runtime: 'unknown', nodes: null, config: {} }
        : deployedTarget(plan, deployment),
    environment: record.environment,
    load: {
      users: Math.min(plan.users, measured.connections),
      connections: measured.connections,
      // A closed loop offers what it sends.
      offered: measured.sent,
      sent: measured.sent,
      ratePerSecond: measured.answeredPerSecond,
      ackedPerSecond: (measured.ok * 1000) / (measured.toMs - measured.fromMs),
      workers: measured.workers,
      lagUs: null,
      valid,
      model: arrivalModelText(load.model),
      driver: 'http',
      loop: 'closed',
      resolutionUs: HTTP_RESOLUTION_US,
      payloadBytes: null,
      offlineShare: 0,
      reconnects: null,
      sessionsEnded: [],
      driverViolations: [],
    },
    latency: { response: null, service: withoutP95(measured.latency), lag: null, delivery: null },
    delivery: null,
    http: measured,
    measuredBy: null,
    memory: peaksAlone(record),
    cpu: { nodes: [...record.cpu.nodes], workers: record.cpu.workers, serverUsPerMessage: null },
    ...NOTHING_STRUCK,
    checks: [],
    timeline: timelineOf(measured),
    reproduce: reproduction(plan),
  });
  const checks = evaluateExpectations(plan, unjudged);
  return withoutWithheld({
    ...unjudged,
    ...judgeRequests({
      ok: measured.ok,
      checks,
      invalidity,
      aborted: aborted === null ? null : abortText(aborted),
      interrupted: record.interrupted === null ? null : interruptedText(record.interrupted),
      beside: otherRunsText(record.environment),
    }),
    checks,
  });
}

/** In whole seconds: answers of status 2xx as acknowledged, all others as failed, both as sent. */
function timelineOf({ seconds, connections }: OwnHttp): Result['timeline'] {
  const all = seconds.map(([ok, other]) => ok + other);
  const nothing = seconds.map(() => null);
  return {
    stepMs: STEP_MS,
    offered: all,
    sent: all,
    acked: seconds.map(([ok]) => ok),
    delivered: seconds.map(() => 0),
    failed: seconds.map(([, other]) => other),
    connected: seconds.map(() => connections),
    p50Us: nothing,
    p99Us: nothing,
    maxUs: nothing,
    heat: null,
  };
}

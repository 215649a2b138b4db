/** Turns what a run observed into its Result. Pure: everything that can be computed from the rows is computed from the rows. */

import { judge } from '../../../evidence/ledger/judge.ts';
import { ConnectionEvent, Outcome } from '../../../evidence/ledger/observations.ts';
import { type Recovery, recoveryOf } from '../../../evidence/measure/recovery.ts';
import { deviceNumber } from '../../../evidence/measure/recovery-connections.ts';
import { recoveryDistributions } from '../../../evidence/measure/recovery-distribution.ts';
import { ackedWithin, sentWithin } from '../../../evidence/measure/settled-within.ts';
import { timelineOf } from '../../../evidence/measure/timeline.ts';
import { worstSeconds } from '../../../evidence/measure/worst-seconds.ts';
import { otherRunsText } from '../../../evidence/result/other-runs.ts';
import type { Result } from '../../../evidence/result/result.ts';
import { isUnreached, unreachedText } from '../../../evidence/result/unreached-fault.ts';
import { withoutWithheld } from '../../../evidence/result/withheld.ts';
import { arrivalModelText } from '../../../plan/scenario/arrival-model-text.ts';
import { evaluateExpectations } from '../../../plan/scenario/expectations.ts';
import { repeatedSteps } from '../../../plan/scenario/repeats.ts';
import { brokenRuleText } from '../../drivers/driver-rules.ts';
import type { FaultRecord } from '../../faults/interpreter.ts';
import { abortText } from '../abort-watch.ts';
import { interruptedText } from '../early-end.ts';
import { driverFaults, violationOf } from '../messages/driver-faults.ts';
import { withRounds } from '../messages/loaded-round.ts';
import { presenceTerms } from '../messages/presence-terms.ts';
import { leakPerConnection, leakPerMessage, memoryPerConnection, returnToBaseline } from './memory-per-connection.ts';
import { abortedOf, deployedTarget, interruptedOf, reproduction, unjudgedHead } from './result-parts.ts';
import type { RunRecord } from './run-record.ts';
import { judgeRun } from './verdict.ts';

/** Builds the Result and its verdict. */
export function buildResult(record: RunRecord): Result {
  const { plan, observations, latencies, generator, faults } = record;
  const { lingerMs, endUs } = record;
  const lagUs = latencies.lag.maxUs;
  const terms = presenceTerms({ plan, faults, lingerMs, lagUs, endUs });
  const delivery = withRounds(
    judge(observations, record.drainEnd, terms, record.promised.includes('resume')),
    record.roundDeliveries,
  );
  const invalidity = [...generator.invalidity, ...unverified(faults)];
  const broken = generator.ownDriver === undefined ? [] : driverFaults(generator.ownDriver, delivery, observations);
  const counts = countsOf(record);
  const spoilt = generator.invalidity.length > 0 || broken.length > 0;
  // Where nothing was to be sent, nothing tells whether it would have been sent in time.
  const isIdle = counts.offered === 0;
  const valid = spoilt ? false : isIdle ? null : true;
  const { level: recoveryLevel, clocks: recovery } = recoveryClocks(record);
  const unjudged = withoutWithheld({
    ...unjudgedHead(plan, record),
    aborted: abortedOf(record.aborted),
    ...interruptedOf(record),
    target: deployedTarget(plan, { target: record.target, config: record.targetConfig }),
    promised: [...record.promised],
    environment: record.environment,
    load: { ...loadOf(record, counts, valid), driverViolations: broken.map(violationOf) },
    latency: { ...latencies, lag: isIdle ? null : latencies.lag },
    delivery,
    http: record.http,
    measuredBy: null,
    memory: memoryOf(record),
    cpu: {
      nodes: [...record.cpu.nodes],
      workers: record.cpu.workers,
      serverUsPerMessage: serverUsPerMessage(record),
    },
    faults: faults.map(faultOf(plan.users)),
    recoveryLevel,
    recovery,
    recoveryDistribution: recoveryDistributions(recovery, repeatedSteps(plan.faults), recoveryLevel?.meaningless === null),
    checks: [],
    worstSeconds: worstSeconds(observations, record.loadMs),
    timeline: timelineOf(observations, { startUs: 0, endUs: record.endUs }),
    reproduce: reproduction(plan),
  });
  const checks = evaluateExpectations(plan, unjudged);
  const judgement = judgeRun({
    delivery,
    checks,
    invalidity,
    driverFaults: broken.map(brokenRuleText),
    aborted: record.aborted === null ? null : abortText(record.aborted),
    interrupted: record.interrupted === null ? null : interruptedText(record.interrupted),
    deliveryMustBeIntact: plan.deliveryMustBeIntact,
    sessionsEnded: unjudged.load.sessionsEnded,
    unstruck: nothingStruck(unjudged.faults),
    unreached: unreached(faults),
    beside: otherRunsText(record.environment),
  });
  return withoutWithheld({ ...unjudged, ...judgement, checks });
}

function memoryOf({ plateaus, rehearsed, rounds, peakPssBytes }: RunRecord): Result['memory'] {
  // A server that has served nobody yet has not even compiled its code, so it is no baseline.
  const { baseline, returned } = returnToBaseline(rehearsed ? plateaus : [], rounds);
  return {
    perConnection: memoryPerConnection(plateaus),
    plateaus: [...plateaus],
    rehearsed: plateaus.length === 0 ? null : rehearsed,
    returnedToBaseline: returned,
    baseline,
    rounds,
    leak: leakPerConnection(rounds),
    leakPerMessage: leakPerMessage(rounds),
    peakPssBytes: { nodes: [...peakPssBytes.nodes], workers: peakPssBytes.workers },
  };
}

/** The processor time of the nodes, for each message that was acknowledged while it was read; null without one. */
function serverUsPerMessage({ cpu, observations: { attempts } }: RunRecord): number | null {
  const acked = ackedWithin(attempts, cpu);
  return acked === 0 ? null : cpu.nodesUs / acked;
}

interface LoadCounts {
  readonly offered: number;
  readonly sent: number;
  /** While the load lasted. */
  readonly ratePerSecond: number | null;
  readonly ackedPerSecond: number | null;
}

/** The messages of the warm-up are owed like all others, but they do not belong to the requested load. */
function countsOf({ loadMs, observations: { attempts } }: RunRecord): LoadCounts {
  let offered = 0;
  let sent = 0;
  for (let row = 0; row < attempts.count; row += 1) {
    if ((attempts.intendedUs[row] as number) < 0) continue;
    offered += 1;
    if (attempts.outcome[row] !== Outcome.unsent) sent += 1;
  }
  const load = { fromUs: 0, toUs: loadMs * 1000 };
  const perSecond = (count: number): number | null => (loadMs === 0 ? null : (count * 1000) / loadMs);
  return {
    offered,
    sent,
    ratePerSecond: perSecond(sentWithin(attempts, load)),
    ackedPerSecond: perSecond(ackedWithin(attempts, load)),
  };
}

function loadOf(
  { plan, observations: { connectionEvents, devices }, drainEnd, latencies, generator }: RunRecord,
  { offered, sent, ratePerSecond, ackedPerSecond }: LoadCounts,
  valid: boolean | null,
): Omit<Result['load'], 'driverViolations'> {
  let ups = 0;
  let lost = 0;
  const connected = new Set<number>();
  for (let row = 0; row < connectionEvents.count; row += 1) {
    if (connectionEvents.event[row] === ConnectionEvent.lost) lost += 1;
    if (connectionEvents.event[row] !== ConnectionEvent.up) continue;
    ups += 1;
    connected.add(deviceNumber(connectionEvents, row, devices));
  }
  const { lag } = latencies;
  return {
    users: plan.users,
    connections: connected.size,
    offered,
    sent,
    ratePerSecond,
    ackedPerSecond,
    workers: generator.workers,
    lagUs: offered === 0 ? null : { p50: lag.p50Us, p99: lag.p99Us, max: lag.maxUs },
    valid,
    model: arrivalModelText(plan.load.model),
    driver: generator.driver,
    loop: 'open',
    resolutionUs: 1,
    payloadBytes: plan.load.payloadBytes,
    offlineShare: plan.load.offlineShare,
    reconnects: Math.min(lost, Math.max(0, ups - connected.size)),
    sessionsEnded: (drainEnd?.sessionsEnded ?? []).map((row) => ({ ...row })),
  };
}

/** Why a drill did not take place: there are faults, but none of them found anything to strike; otherwise null. */
function nothingStruck(faults: Result['faults']): string | null {
  const [first] = faults;
  if (first === undefined || faults.some(({ struck }) => struck !== false)) return null;
  const which = faults.length === 1 ? `the fault ${first.id}` : `none of the ${faults.length} faults`;
  const what = faults.length === 1 ? 'found nothing to strike' : `found anything to strike, ${first.id} the first`;
  return `${which} ${what} (${first.evidence.at(-1) ?? 'no evidence'}): nothing is proven about recovery`;
}

/** Which faults the run ended before, in words; null if it reached them all. */
function unreached(faults: readonly FaultRecord[]): string | null {
  const missed = faults.filter(({ injectedAtUs, evidence }) =>
    isUnreached({ injectedAtMs: injectedAtUs, evidence: [...evidence] }),
  );
  return unreachedText(
    missed.map(({ plan: { id, atMs } }) => ({ id, atMs })),
    faults.length,
  );
}

function unverified(faults: readonly FaultRecord[]): string[] {
  return faults
    .filter(({ verified }) => !verified)
    .map(({ plan, evidence }) => `fault ${plan.id} (${plan.kind}) could not be verified: ${evidence.join('; ')}`);
}

function faultOf(users: number): (record: FaultRecord) => Result['faults'][number] {
  return ({ plan, target, affected, injectedAtUs, healedAtUs, verified, evidence }) => ({
    id: plan.id,
    kind: plan.kind,
    target,
    requested: { at: `${plan.atMs} ms`, ...(plan.forMs === null ? {} : { for: `${plan.forMs} ms` }), ...plan.settings },
    injectedAtMs: injectedAtUs === null ? null : injectedAtUs / 1000,
    healedAtMs: healedAtUs === null ? null : healedAtUs / 1000,
    verified: verified && injectedAtUs !== null,
    // Verified but not injected: it could not apply as things were.
    struck: injectedAtUs !== null ? true : verified ? false : null,
    evidence: [...evidence],
    affectedUsers: affected === 'everybody' ? users : affected.length,
  });
}

function recoveryClocks({ plan, loadMs, observations, faults, endUs }: RunRecord): Recovery {
  const injected = faults.flatMap(({ plan: { id }, injectedAtUs, healedAtUs, affected }) =>
    // Some faults are not meant to be felt: they have no users whose recovery could be timed.
    injectedAtUs === null || affected.length === 0 ? [] : [{ id, injectedAtUs, healedAtUs, affected }],
  );
  // The warm-up came before the run's zero.
  const window = { steadyFromUs: 0, loadEndUs: loadMs * 1000, endUs };
  return recoveryOf(observations, injected, window, plan.recoveryLevel);
}

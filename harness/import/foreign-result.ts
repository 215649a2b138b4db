/** A run that another tool measured as a Result. Pure. What the tool did not measure is empty or null. */
import type { Environment } from '../measure/environment.ts';
import { RESULT_SCHEMA, type Result } from '../result/result.ts';
import { NO_TIMELINE, NOTHING_DELIVERED, NOTHING_REMEMBERED } from '../run/nothing-measured.ts';
import { judgeRequests } from '../run/verdict.ts';
import type { ForeignRun } from './foreign-run.ts';

export interface ForeignFacts {
  readonly scenario: Result['scenario'];
  readonly startedAt: string;
  readonly target: string;
  readonly environment: Environment;
  readonly reproduce: string;
}

const UNKNOWN = 'unknown';

/** A machine of which nothing is known: where the tool ran, nobody said. */
export function unknownMachine(letitcrash: string): Environment {
  return {
    os: UNKNOWN,
    arch: UNKNOWN,
    cpu: UNKNOWN,
    cores: 0,
    memoryBytes: 0,
    node: UNKNOWN,
    letitcrash,
    openFilesLimit: null,
    stealShare: null,
    loadAverage: 0,
    arena: false,
  };
}

export function foreignResult(run: ForeignRun, { target, ...facts }: ForeignFacts): Result {
  const { measuredBy, load, latency, http, checks, invalidity, served } = run;
  const valid = invalidity.length === 0;
  const judgement = judgeRequests({
    aborted: null,
    ok: served,
    checks,
    invalidity,
    unproven: `${measuredBy.tool} saw no good answer: nothing is proven`,
  });
  return {
    schema: RESULT_SCHEMA,
    ...judgement,
    ...facts,
    seed: 0,
    durationMs: run.durationMs,
    aborted: null,
    target: { name: target, version: UNKNOWN, runtime: UNKNOWN, nodes: 0, config: {} },
    load: {
      ...load,
      lagUs: { p50: latency.lag.p50Us, p99: latency.lag.p99Us, max: latency.lag.maxUs },
      valid,
      driver: measuredBy.tool,
      payloadBytes: 0,
      offlineShare: 0,
      reconnects: 0,
      sessionsEnded: [],
      driverViolations: [],
    },
    latency: valid ? latency : { ...latency, response: null, service: null, delivery: null },
    delivery: NOTHING_DELIVERED,
    http: http === null || valid ? http : { ...http, latency: null },
    measuredBy,
    memory: NOTHING_REMEMBERED,
    cpu: { nodes: [], workers: 0, serverUsPerMessage: null },
    faults: [],
    promised: null,
    recoveryLevel: null,
    recovery: [],
    recoveryDistribution: [],
    checks: [...checks],
    timeline: NO_TIMELINE,
  };
}

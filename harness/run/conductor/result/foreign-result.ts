/** Turns a run that another tool measured into a Result. Pure. What the tool did not measure is empty or null. */
import type { Environment } from '../../../evidence/measure/environment.ts';
import { type MeasuredBy, RESULT_SCHEMA, type Result } from '../../../evidence/result/result.ts';
import { toolName } from '../../../evidence/result/tool-name.ts';
import type { ForeignRun } from '../../tools/foreign-run.ts';
import { NO_TIMELINE, NOTHING_REMEMBERED, NOTHING_STRUCK } from './nothing-measured.ts';
import { judgeRequests } from './verdict.ts';

export interface ForeignFacts {
  readonly scenario: Result['scenario'];
  readonly startedAt: string;
  readonly target: string;
  readonly environment: Result['environment'];
  readonly reproduce: string;
  /** Null if the tool ran here, just now. */
  readonly imported: MeasuredBy['imported'];
}

const UNKNOWN = 'unknown';

/** A machine about which nothing is known, because nobody said where the tool ran. */
export function unknownMachine(letitcrash: Environment['letitcrash']): Result['environment'] {
  return {
    os: UNKNOWN,
    arch: UNKNOWN,
    cpu: UNKNOWN,
    cores: null,
    memoryBytes: null,
    node: UNKNOWN,
    letitcrash,
    openFilesLimit: null,
    stealShare: null,
    loadAverage: null,
    arena: null,
  };
}

export function foreignResult(run: ForeignRun, { target, imported, ...facts }: ForeignFacts): Result {
  const { measuredBy, load, latency, http, checks, invalidity, served } = run;
  const spoilt = invalidity.length > 0;
  const { lag } = latency;
  return {
    schema: RESULT_SCHEMA,
    ...judgeRequests({ aborted: null, ok: served, checks, invalidity, unproven: unprovenText(run) }),
    ...facts,
    seed: null,
    durationMs: run.durationMs,
    aborted: null,
    target: { name: target, version: UNKNOWN, runtime: UNKNOWN, nodes: null, config: {} },
    load: {
      ...load,
      lagUs: lag === null ? null : { p50: lag.p50Us, p99: lag.p99Us, max: lag.maxUs },
      // Its output can show that it was late, but never that it was not.
      valid: spoilt ? false : null,
      driver: measuredBy.tool,
      payloadBytes: null,
      offlineShare: null,
      reconnects: null,
      sessionsEnded: [],
      driverViolations: [],
    },
    latency: spoilt ? { ...latency, response: null, service: null, delivery: null } : latency,
    delivery: null,
    http: http !== null && spoilt ? { ...http, latency: null } : http,
    measuredBy: { ...measuredBy, imported },
    memory: NOTHING_REMEMBERED,
    cpu: { nodes: [], workers: null, serverUsPerMessage: null },
    ...NOTHING_STRUCK,
    checks: [...checks],
    timeline: NO_TIMELINE,
  };
}

function unprovenText({ measuredBy: { tool }, served }: ForeignRun): string {
  return served === null
    ? `nothing is proven: ${toolName(tool)} does not report whether any request was answered well`
    : `nothing is proven: ${toolName(tool)} saw no good answer`;
}

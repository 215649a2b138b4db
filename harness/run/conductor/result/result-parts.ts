/** The parts of a Result that every kind of run has, whatever it was loaded with. Pure. */
import type { Deployment } from '../../../../targets/target.ts';
import { commandLine } from '../../../evidence/result/command-line.ts';
import { RESULT_SCHEMA, type Result } from '../../../evidence/result/result.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import type { Abort } from '../abort-watch.ts';
import { NOTHING_REMEMBERED } from './nothing-measured.ts';
import type { RunRecord } from './run-record.ts';

/** What a Result begins with, before anything is judged. */
export function unjudgedHead(
  { scenario: { name, sha256, summary }, seed }: Plan,
  { startedAt, durationMs, profiledWith }: Pick<RunRecord, 'startedAt' | 'durationMs' | 'profiledWith'>,
): Pick<Result, 'schema' | 'verdict' | 'reasons' | 'scenario' | 'seed' | 'startedAt' | 'durationMs' | 'profiledWith'> {
  return {
    schema: RESULT_SCHEMA,
    verdict: 'unknown',
    reasons: [],
    scenario: { name, sha256, summary },
    seed,
    startedAt,
    durationMs,
    ...profiledBy({ profiledWith }),
  };
}

/** Absent if nobody profiled the nodes. */
export function profiledBy({ profiledWith }: Pick<RunRecord, 'profiledWith'>): Pick<Result, 'profiledWith'> {
  return profiledWith === null ? {} : { profiledWith };
}

/** What a run was played on, in words and settings. */
export function deployedTarget(
  { target }: Plan,
  { target: facts, config }: Pick<Deployment, 'target' | 'config'>,
): Result['target'] {
  return { ...facts, nodes: target.nodes, config: { durability: target.durability, ...config } };
}

/** The memory of a run that had no plateaus. */
export function peaksAlone({ peakPssBytes: { nodes, workers } }: Pick<RunRecord, 'peakPssBytes'>): Result['memory'] {
  return { ...NOTHING_REMEMBERED, peakPssBytes: { nodes: [...nodes], workers } };
}

export function abortedOf(abort: Abort | null): Result['aborted'] {
  if (abort === null) return null;
  const { condition, atMs, actual } = abort;
  return { condition: condition.source, atMs, actual, limit: condition.limit, unit: condition.unit };
}

/** Absent if nobody interrupted the run. */
export function interruptedOf({ interrupted }: Pick<RunRecord, 'interrupted'>): Pick<Result, 'interrupted'> {
  return interrupted === null ? {} : { interrupted };
}

/** The command that plays it again. */
export function reproduction({ scenario, seed }: Plan): string {
  return commandLine({ words: ['run', scenario.source], set: scenario.overrides, seed });
}

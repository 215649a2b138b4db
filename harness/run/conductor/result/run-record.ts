/** What a run of messages observed: everything from which its Result is built. */

import type { DeliveryReport } from '../../../evidence/ledger/judge.ts';
import type { DrainEnd, Observations } from '../../../evidence/ledger/observations.ts';
import type { Environment } from '../../../evidence/measure/environment.ts';
import type { Plateau } from '../../../evidence/measure/plateau.ts';
import type { CpuSpan } from '../../../evidence/measure/sampler.ts';
import type { ProfileKind } from '../../../evidence/result/profile.ts';
import type { HttpMeasured, Interrupted, PROMISES, Result } from '../../../evidence/result/result.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import type { FaultRecord } from '../../faults/interpreter.ts';
import type { Abort } from '../abort-watch.ts';
import type { OwnDriver } from '../messages/driver-faults.ts';
import type { MeasuredLatencies } from './measured-latencies.ts';

/** What the generator reports about itself. */
export interface GeneratorReport {
  readonly driver: string;
  readonly workers: number;
  /** What spoilt the measurement on the generator's side, in words; empty if it kept up. */
  readonly invalidity: readonly string[];
  /** Absent with a bundled driver. */
  readonly ownDriver?: OwnDriver;
}

export interface RunRecord {
  readonly plan: Plan;
  readonly startedAt: string;
  /** The whole run, from the start of the deployment to the end of the drain. */
  readonly durationMs: number;
  readonly target: { readonly name: string; readonly version: string; readonly runtime: string };
  readonly targetConfig: Readonly<Record<string, unknown>>;
  readonly promised: readonly (typeof PROMISES)[number][];
  /** As the deployment reports it; null if it does not. */
  readonly lingerMs: number | null;
  readonly environment: Environment;
  readonly observations: Observations;
  /** The state of the users when the drain ended. */
  readonly drainEnd: DrainEnd | null;
  /** On the observations' clock, whose zero is the start of the load. */
  readonly endUs: number;
  /** How long the load lasted: as long as planned, or until it was aborted or interrupted. */
  readonly loadMs: number;
  readonly aborted: Abort | null;
  readonly interrupted: Interrupted | null;
  readonly faults: readonly FaultRecord[];
  readonly latencies: MeasuredLatencies;
  readonly generator: GeneratorReport;
  readonly plateaus: readonly Plateau[];
  /** Everybody had come and left once before the plateaus. */
  readonly rehearsed: boolean;
  readonly rounds: Result['memory']['rounds'];
  /** Of the rounds that carried messages. */
  readonly roundDeliveries: readonly DeliveryReport[];
  readonly peakPssBytes: { readonly nodes: readonly number[]; readonly workers: number };
  /** Without a load, no node is listed and the workers' is null. */
  readonly cpu: Omit<CpuSpan, 'workers'> & Pick<Result['cpu'], 'workers'>;
  /** What ran beside the messages; null if nothing did. */
  readonly http: HttpMeasured | null;
  /** The profiler that observed the nodes; null if there was none. */
  readonly profiledWith: ProfileKind | null;
}

/** The outcome of playing a plan. */
export interface ConductedRun {
  readonly result: Result;
  readonly runDir: string;
  /** What the Result was made from; it is as large as the run was long. Null for requests alone, without messages. */
  readonly record: RunRecord | null;
  /** Why the run folder does not have all of its files, with place and remedy; null if it has. */
  readonly unwritten: string | null;
}

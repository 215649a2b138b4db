/** The Result of a load by k6: what its summary says, with what letitcrash knows about the target, the machine and the plan. Pure. */
import type { Deployment } from '../../../../targets/target.ts';
import type { Environment } from '../../../evidence/measure/environment.ts';
import { MAX_WORKER_CPU } from '../../../evidence/measure/generator-limits.ts';
import type { CpuSpan } from '../../../evidence/measure/sampler.ts';
import { otherRunsText } from '../../../evidence/result/other-runs.ts';
import type { Result } from '../../../evidence/result/result.ts';
import { withoutWithheld } from '../../../evidence/result/withheld.ts';
import { arrivalModelText } from '../../../plan/scenario/arrival-model-text.ts';
import { evaluateExpectations } from '../../../plan/scenario/expectations.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import type { K6Summary } from '../../drivers/k6/k6-metric.ts';
import { k6Run } from '../../drivers/k6/k6-run.ts';
import type { K6Script } from '../../drivers/k6/k6-script.ts';
import type { ForeignRun } from '../../tools/foreign-run.ts';
import { interruptedText } from '../early-end.ts';
import { foreignResult } from '../result/foreign-result.ts';
import { deployedTarget, interruptedOf, peaksAlone, profiledBy, reproduction } from '../result/result-parts.ts';
import type { RunRecord } from '../result/run-record.ts';
import { judgeRequests } from '../result/verdict.ts';

export interface K6Record extends Pick<RunRecord, 'peakPssBytes' | 'startedAt' | 'durationMs' | 'profiledWith' | 'interrupted'> {
  readonly cpu: CpuSpan;
  readonly plan: Plan;
  /** Of k6. */
  readonly version: string;
  readonly script: K6Script;
  readonly urls: readonly string[];
  readonly summary: K6Summary;
  /** Null if a URL was loaded. */
  readonly deployment: Pick<Deployment, 'target' | 'config'> | null;
  readonly environment: Environment;
}

export function buildK6Result({ plan, version, script, urls, summary, deployment, ...record }: K6Record): Result {
  const { load, scenario } = plan;
  const run = withPlan(k6Run(summary), plan, urls);
  const invalidity = [...run.invalidity, ...tooBusy(run, plan, record)];
  const { name, sha256, summary: says } = scenario;
  const unjudged = foreignResult(
    { ...run, invalidity },
    {
      scenario: { name, sha256, summary: says },
      startedAt: record.startedAt,
      target: urls.join(', '),
      environment: record.environment,
      reproduce: reproduction(plan),
      imported: null,
    },
  );
  const known: Result = {
    ...unjudged,
    seed: plan.seed,
    durationMs: record.durationMs,
    ...profiledBy(record),
    ...interruptedOf(record),
    target: deployment === null ? unjudged.target : deployedTarget(plan, deployment),
    load: {
      ...unjudged.load,
      model: arrivalModelText(load.model),
      loop: run.load.loop ?? 'closed',
      payloadBytes: load.payloadBytes,
      // Its lag and its use of the processor were checked.
      valid: invalidity.length === 0,
    },
    measuredBy: {
      ...run.measuredBy,
      caveats: [`k6 ${version} from the PATH of this machine sent the load.`, ...run.measuredBy.caveats],
      imported: null,
    },
    memory: peaksAlone(record),
    cpu: { nodes: [...record.cpu.nodes], workers: record.cpu.workers, serverUsPerMessage: null },
  };
  const checks = [
    ...run.checks,
    ...unsampled(script, run),
    ...evaluateExpectations({ ...plan, expectations: script.thresholds.others }, known),
  ];
  const interrupted = record.interrupted === null ? null : interruptedText(record.interrupted);
  const unproven =
    run.served === null
      ? 'it is not known whether any answer was good: nothing is proven'
      : 'no answer of the server was good: nothing is proven';
  return withoutWithheld({
    ...known,
    ...judgeRequests({
      ok: run.served,
      checks,
      invalidity,
      aborted: null,
      interrupted,
      beside: otherRunsText(record.environment),
      unproven,
    }),
    checks,
  });
}

function withPlan(run: ForeignRun, { users, http }: Plan, urls: readonly string[]): ForeignRun {
  if (http === null || run.http === null) return { ...run, load: { ...run.load, users } };
  const { connections, ratePerSecond } = http;
  return {
    ...run,
    load: { ...run.load, users: Math.min(users, connections), connections },
    http: { ...run.http, origins: [...urls], connections, ratePerSecond, loop: 'closed' },
  };
}

/** k6 leaves out metrics without a sample and calls their thresholds met; since nothing was measured, they are not met here. */
function unsampled({ thresholds: { thresholds } }: K6Script, { checks }: ForeignRun): Result['checks'] {
  const judged = new Set(checks.map(({ name }) => name));
  return Object.entries(thresholds).flatMap(([metric, expressions]) =>
    expressions
      .map((expression) => `${metric}: ${expression}`)
      .filter((name) => !judged.has(name))
      .map((name) => ({ name, pass: false, actual: null, limit: null, unit: '' })),
  );
}

/** What spoilt the measurement on k6's side, in words. */
function tooBusy(
  { latency: { lag } }: ForeignRun,
  { limits }: Plan,
  { cpu, environment }: Pick<K6Record, 'cpu' | 'environment'>,
): string[] {
  const cores = Math.max(1, environment.cores ?? 1);
  const lagP99Us = lag?.p99Us ?? 0;
  return [
    ...(lagP99Us <= limits.lagP99Ms * 1000
      ? []
      : [
          `k6 could not keep up: p99 of its lag was ${(lagP99Us / 1000).toFixed(1)} ms, the limit is ${limits.lagP99Ms} ms (limits.lag)`,
        ]),
    ...(cpu.workers <= MAX_WORKER_CPU * cores
      ? []
      : [`k6 used ${cpu.workers.toFixed(1)} of ${cores} cores: it measures itself; give it a lower rate or fewer users`]),
  ];
}

/** What an exploration has done so far, and the document that says so at any time. */
import type { Deployment } from '../../../targets/target.ts';
import { EXPLORATION_SCHEMA, type ExplorationResult } from '../../evidence/result/exploration.ts';
import { isUnreached } from '../../evidence/result/unreached-fault.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { faultStep } from '../../plan/scenario/scenario-of-plan.ts';
import { deployedTarget } from '../../run/conductor/result/result-parts.ts';
import type { Ending, ExplorerEvent, Finding } from './explorer.ts';
import { scenarioFileName } from './scenario-file.ts';
import type { Schedule } from './schedule.ts';
import type { Trial } from './trial.ts';

/** Maximum reasons kept in words; further ones are only counted by the log of schedules. */
const MAX_DISCOUNTED = 20;

type Steps = ExplorationResult['discounted'][number]['schedule'];
type FaultCounts = { drawn: number; verified: number; impossible: number };

export interface ExplorationFacts {
  readonly plan: Plan;
  readonly seed: number;
  readonly startedAt: string;
  readonly reproduce: string;
  /** Milliseconds for the reduction of what is found. */
  readonly reduceMs: number;
}

export class ExplorationLog {
  readonly #facts: ExplorationFacts;
  readonly #faults = new Map<string, FaultCounts>();
  readonly #discounted: ExplorationResult['discounted'] = [];
  #schedules = 0;
  #discountedRuns = 0;
  #reductionRuns = 0;
  #reductionBeganMs: number | null = null;
  #acked = 0;
  /** When the search, without the reduction, was last active. */
  #searchedMs = 0;

  constructor(facts: ExplorationFacts) {
    this.#facts = facts;
  }

  get schedules(): number {
    return this.#schedules;
  }

  get discounted(): number {
    return this.#discountedRuns;
  }

  get reductionRuns(): number {
    return this.#reductionRuns;
  }

  /** A violation was seen: from now on it is reduced. */
  reductionBegan(elapsedMs: number): void {
    this.#reductionBeganMs ??= elapsedMs;
  }

  /** Null before it began. */
  reductionMs(elapsedMs: number): number | null {
    return this.#reductionBeganMs === null ? null : elapsedMs - this.#reductionBeganMs;
  }

  get searchedMs(): number {
    return this.#searchedMs;
  }

  /** `elapsedMs` since the exploration began. */
  played({ schedule, trial, purpose }: Extract<ExplorerEvent, { kind: 'played' }>, elapsedMs: number): void {
    if (purpose === 'reduce') {
      this.#reductionRuns += 1;
      return;
    }
    this.#searchedMs = elapsedMs;
    if (trial.discounted !== null) {
      this.#discountedRuns += 1;
      const seen = { reason: trial.discounted, schedule: stepsOf(schedule) };
      if (this.#discounted.length < MAX_DISCOUNTED) this.#discounted.push(seen);
      return;
    }
    this.#schedules += 1;
    this.#acked += trial.acked;
    this.#count(trial);
  }

  document(now: {
    readonly elapsedMs: number;
    readonly ending: Ending | 'going';
    readonly found: readonly Finding[];
    readonly target: Pick<Deployment, 'target' | 'config'> | null;
  }): ExplorationResult {
    const { plan, seed, startedAt, reproduce } = this.#facts;
    return {
      schema: EXPLORATION_SCHEMA,
      mode: 'real',
      seed,
      startedAt,
      durationMs: now.elapsedMs,
      schedules: this.#schedules,
      schedulesPerSecond: this.#searchedMs === 0 ? 0 : (this.#schedules * 1000) / this.#searchedMs,
      discounted: [...this.#discounted],
      reductionRuns: this.#reductionRuns,
      reduction: this.#reduction(now),
      ending: now.ending,
      target: now.target === null ? null : deployedTarget(plan, now.target),
      users: plan.users,
      loadMs: plan.load.durationMs,
      acked: this.#acked,
      faults: Object.fromEntries([...this.#faults].sort(([a], [b]) => (a < b ? -1 : 1))),
      found: now.found.map((finding, index) => ({
        property: finding.property,
        seed: finding.minimal.seed,
        schedule: stepsOf(finding.schedule),
        minimal: stepsOf(finding.minimal),
        reproduction: finding.reproduction,
        evidence: [...finding.evidence],
        scenario: scenarioFileName(index),
      })),
      reproduce,
    };
  }

  #reduction({
    elapsedMs,
    found,
  }: {
    readonly elapsedMs: number;
    readonly found: readonly Finding[];
  }): ExplorationResult['reduction'] {
    const tookMs = this.reductionMs(elapsedMs);
    const complete = found.length > 0 && found.every((finding) => finding.complete);
    return tookMs === null ? null : { budgetMs: this.#facts.reduceMs, tookMs, complete };
  }

  #count({ faults }: Trial): void {
    for (const record of faults) {
      const counts = this.#faults.get(record.plan.kind) ?? { drawn: 0, verified: 0, impossible: 0 };
      this.#faults.set(record.plan.kind, counts);
      counts.drawn += 1;
      if (!record.verified) continue;
      if (record.injectedAtUs === null)
        counts.impossible += isUnreached({ injectedAtMs: null, evidence: [...record.evidence] }) ? 0 : 1;
      else counts.verified += 1;
    }
  }
}

export function stepsOf({ faults }: Schedule): Steps {
  return faults.map((fault) => faultStep(fault) as Steps[number]);
}

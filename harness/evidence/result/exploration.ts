/**
 * exploration.json and replay.json: what was searched and found, and what was replayed. Versioned; these are contracts with other programs.
 */
import { z } from 'zod';
import { formatMs } from './format.ts';

export const EXPLORATION_SCHEMA = 'letitcrash.exploration/1';
export const REPLAY_SCHEMA = 'letitcrash.replay/1';

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);

/** A step as a scenario file writes it; its other keys are the settings of the kind. */
const step = z.looseObject({ at: z.string(), kind: z.string(), for: z.string().optional() });

/** Runs that counted, how many of them failed, and Wilson's interval at 95% for the share that fails. */
const reproduction = z.object({ runs: count, failures: count, low: share, high: share });

const target = z.object({
  name: z.string(),
  version: z.string(),
  runtime: z.string(),
  nodes: count.nullable(),
  config: z.record(z.string(), z.unknown()),
});

export const explorationSchema = z.object({
  schema: z.literal(EXPLORATION_SCHEMA),
  mode: z.literal('real'),
  /** Seed of what is drawn: the same seed draws the same schedules in the same order. */
  seed: count,
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  durationMs: z.number(),
  /** Time of the search, without the reduction; counts only schedules that count. */
  schedules: count,
  schedulesPerSecond: z.number(),
  /** Runs that prove nothing, such as one with a fault that could not be verified; they are not among `schedules`. */
  discounted: z.array(z.object({ reason: z.string(), schedule: z.array(step) })),
  /** Runs of the reduction, beyond the search. */
  reductionRuns: count,
  /**
   * How long it might take, how long it took, and whether it finished: if its time ran out, a smaller schedule may be possible, and the
   * rate comes from fewer runs. Null if nothing was reduced, and in documents from before it was kept.
   */
  reduction: z.object({ budgetMs: z.number(), tookMs: z.number(), complete: z.boolean() }).nullable().default(null),
  /** `going`: written while it goes on. */
  ending: z.enum(['going', 'found', 'spent', 'interrupted', 'unfit']),
  /** Null before the first start. */
  target: target.nullable(),
  users: count,
  /** Length of each run's load. */
  loadMs: z.number(),
  /** Messages acknowledged, over all schedules. */
  acked: count,
  /** What was drawn of each kind: steps in total, carried out and verified, and impossible when their time came. */
  faults: z.record(z.string(), z.object({ drawn: count, verified: count, impossible: count })),
  found: z.array(
    z.object({
      /** Field of a Result's `delivery`. */
      property: z.string(),
      /** Seed of the schedule's load and victims. */
      seed: count,
      schedule: z.array(step),
      minimal: z.array(step),
      /** From fresh runs of `minimal`. */
      reproduction,
      evidence: z.array(z.string()),
      /** Scenario file of `minimal`, beside exploration.json. */
      scenario: z.string(),
    }),
  ),
  /** Command line of the same search. */
  reproduce: z.string(),
});

export type ExplorationResult = z.infer<typeof explorationSchema>;

export const replaySchema = z.object({
  schema: z.literal(REPLAY_SCHEMA),
  scenario: z.string(),
  seed: count,
  /** `failures` counts runs in which any property was broken. */
  reproduction,
  /** Runs that prove nothing, and why. */
  discounted: z.array(z.string()),
  /** In how many runs each property was broken. */
  broken: z.record(z.string(), count),
  /** Offenders of the last run that failed. */
  evidence: z.array(z.string()),
  interrupted: z.boolean(),
  /** ISO 8601, UTC; empty in documents from before it was kept, like the fields below. */
  startedAt: z.string().default(''),
  durationMs: z.number().nullable().default(null),
  /** Null before the first start. */
  target: target.nullable().default(null),
  users: count.nullable().default(null),
  /** Length of each run's load. */
  loadMs: z.number().nullable().default(null),
  /** What was played each time. */
  schedule: z.array(step).default([]),
  /** The runs in their order, at most MAX_REPLAY_TRIALS of them: why one does not count, or null, and which properties it broke. */
  trials: z.array(z.object({ discounted: z.string().nullable(), broken: z.array(z.string()), acked: count })).default([]),
  /** Command line of the same replay. */
  reproduce: z.string().default(''),
});

/** Maximum runs of a replay that its document lists one by one; further ones are only counted. */
export const MAX_REPLAY_TRIALS = 1000;

export type ReplayResult = z.infer<typeof replaySchema>;
export type ScheduleStep = z.infer<typeof step>;
export type Reproduction = z.infer<typeof reproduction>;

/** `in 9 of 10 fresh runs, a share between 60% and 98%`. */
export function reproductionText({ runs, failures, low, high }: Reproduction): string {
  if (runs === 0) return 'once; it was not tried again';
  return `in ${failures} of ${runs} fresh runs, a share between ${percent(low)} and ${percent(high)} (95%)`;
}

/** `the reduction took 12.3 s of its 20.0 s`, and what is left open if its time ran out. */
export function reductionText({ budgetMs, tookMs, complete }: NonNullable<ExplorationResult['reduction']>): string {
  const took = `the reduction took ${formatMs(tookMs)} of its ${formatMs(budgetMs)}`;
  return complete ? took : `${took} and was cut short: a smaller schedule may be possible (--reduce gives it more time)`;
}

const percent = (part: number): string => `${Math.round(part * 100)}%`;

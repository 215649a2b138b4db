/**
 * The outcome of comparing two configurations: comparison.json, versioned, and everything that the report of a comparison may know.
 *
 * A comparison consists of blocks of four runs, two pairs of A and B, each run with a fresh server. In each pair a coin decides which side
 * comes first, and one number from each pair and metric is evidence: the log ratio of B to A. In documents from before that, one coin decided
 * for both pairs (ABBA or BAAB), and their mean was the evidence. `ratio` is B / A; above 1 is worse if lower is better, below 1 if higher is better. `margin` is
 * the tolerated worsening, 0.05 for 5%. `null` means "not measured", never zero.
 */
import { z } from 'zod';
import { check, machineFacts, targetFacts } from './result.ts';

export const COMPARISON_SCHEMA = 'letitcrash.comparison/1';

const count = z.number().int().nonnegative();
const number = z.number();
const nullable = number.nullable();
const verdict = z.enum(['regressed', 'equivalent', 'inconclusive']);

const side = z.object({
  /** What distinguishes it from the other side, in the user's words. */
  label: z.string(),
  scenario: z.object({ name: z.string(), sha256: z.string() }),
  /** The `--set` overrides of this side. */
  overrides: z.array(z.string()),
  /** Where its server's code came from: a revision, a folder or a package version; null for the code that compares. */
  source: z.string().nullable(),
  target: targetFacts,
});

const metric = z.object({
  name: z.string(),
  unit: z.enum(['us', 'ms', 'bytes', '/s', 'share', 'count', 'truth']),
  better: z.enum(['lower', 'higher']),
  /** Advisory metrics are shown but decide nothing. */
  role: z.enum(['blocking', 'advisory']),
  /** Median over the runs of each side, in `unit`. */
  a: nullable,
  b: nullable,
  /**
   * What the verdict judges, in `unit`: the middle of the blocks that have a ratio, as far apart as the estimate says (b / a is `ratio`). The
   * medians above are another estimate, of all runs one by one, and need not agree with it. Null without a ratio, and in documents from
   * before it was kept.
   */
  judged: z.object({ a: number, b: number }).nullable().default(null),
  /** Hodges-Lehmann estimate of B / A over the pairs. */
  ratio: nullable,
  /** Interval of the ratio, from the exact distribution over sign flips. */
  low: nullable,
  high: nullable,
  margin: number,
  /**
   * P-value of "worse by no more than the margin", Holm-adjusted over the blocking metrics; compared with the look's share of alpha. What an
   * earlier look would have found is not counted again.
   */
  p: nullable,
  /** P-value of "worse by the margin or more"; a small one says equivalent. */
  pEquivalent: nullable,
  verdict,
  /** The smallest true worsening that a comparison of this many blocks would have called regressed nine times in ten: 0.07 for 7%. */
  detectable: nullable,
  /** Ratio of each valid block, in the order of the blocks. */
  blocks: z.array(nullable),
});

const blockRun = z.object({
  letter: z.enum(['A', 'B']),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  durationMs: number,
  /** What was left out at the beginning, up to the change point. */
  warmUpMs: number,
  /** By metric name, in the metric's unit. */
  values: z.record(z.string(), nullable),
  /** Null without intended times, as for requests alone. */
  lagP99Us: number.nullable(),
  stealShare: nullable,
  /** Share of the run in which something waited for a processor (pressure stall information), 0 to 1. */
  cpuPressure: nullable,
});

const block = z.object({
  order: z.enum(['ABBA', 'BAAB', 'ABAB', 'BABA']),
  /** Why the block is invalid; empty if it is valid. */
  invalid: z.array(z.string()),
  runs: z.array(blockRun),
});

/** One percentile of a side's pooled histograms, with its interval over blocks (hierarchical bootstrap, for display). */
const curvePoint = z.object({ percentile: number, us: number, low: number, high: number });

export const comparisonSchema = z.object({
  schema: z.literal(COMPARISON_SCHEMA),
  verdict,
  /** Sentences, the decisive one first. */
  reasons: z.array(z.string()),
  /** False when too few blocks were valid for any answer: the verdict is then inconclusive. */
  valid: z.boolean(),
  /**
   * Who ended it early, such as SIGINT; absent if nobody did. The comparison is then not valid, but what the finished blocks show is shown
   * nevertheless.
   */
  interrupted: z.string().optional(),
  startedAt: z.string(),
  durationMs: number,
  seed: count,
  a: side,
  b: side,
  environment: machineFacts.extend({
    /** Of this machine and system, to decide whether absolute figures of two comparisons may be compared. */
    fingerprint: z.string(),
  }),
  /** The error rate of "regressed" for the whole comparison, over all blocking metrics and looks. */
  alpha: number,
  /**
   * How often a metric that is worse by its margin may be called equivalent, over all looks. Equivalent means "not worse": B may be better.
   * Documents from before this could be set were held to 5%.
   */
  alphaEquivalent: number.default(0.05),
  looks: z.array(z.object({ blocks: count, alpha: number, verdict })),
  plannedLooks: z.array(z.object({ blocks: count, alpha: number })),
  blocks: z.array(block),
  metrics: z.array(metric),
  /** Response time. */
  curves: z.object({ a: z.array(curvePoint), b: z.array(curvePoint) }),
  /** Delivery properties that runs of a side broke: correctness is not compared but demanded. */
  broken: z.array(z.object({ side: z.enum(['A', 'B']), property: z.string(), runs: count })),
  /** Absolute limits that a gate's policy sets for B: `actual` is the median over its runs. Empty if none were set. */
  checks: z.array(check),
  reproduce: z.string(),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type ComparedMetric = Comparison['metrics'][number];
export type ComparisonBlock = Comparison['blocks'][number];
export type ComparisonVerdict = Comparison['verdict'];

/** What is compared, and how: the input of runComparison. */
import type { Target } from '../../../targets/target.ts';
import type { ComparisonVerdict } from '../../evidence/result/comparison.ts';
import type { Expectation, Plan } from '../../plan/scenario/plan.ts';
import type { BlockOrder, Letter } from './block-order.ts';
import type { ValidityLimits } from './block-validity.ts';
import type { ComparedMetricPolicy } from './compared-metrics.ts';
import type { ComparisonRequest } from './comparison-request.ts';

export interface ComparisonSide {
  /** What distinguishes it from the other side, in the user's words. */
  readonly label: string;
  readonly plan: Plan;
  /** Replaces the target that the plan names, for example by another version of it. */
  readonly target?: Target;
  /** Where its server's code came from: a revision, a folder or a package version; null for the code that compares. */
  readonly source: string | null;
}

export interface ComparisonSides {
  readonly a: ComparisonSide;
  readonly b: ComparisonSide;
}

export interface ComparisonOptions {
  /** Seed of the order of the blocks and, for each block, of its load; overrides the seeds of the plans. */
  readonly seed: number;
  /** Maximum valid blocks: there are fewer if an earlier look has the answer. */
  readonly blocks: number;
  readonly metrics: readonly ComparedMetricPolicy[];
  /** The error rate of "regressed" for the whole comparison. */
  readonly alpha: number;
  /** The error rate of "equivalent" for a blocking metric that is worse by its margin. */
  readonly alphaEquivalent: number;
  /** Absolute limits for B. */
  readonly slo: readonly Expectation[];
  /** When a block is invalid; the usual limits if absent. */
  readonly validity?: ValidityLimits;
  /** No block begins after this time; null for no limit. */
  readonly budgetMs: number | null;
  /** The comparison folder. A folder with blocks is resumed if they belong to this comparison. */
  readonly outDir: string;
  /** Kept in the folder, so that the comparison can be resumed by the name of the folder; null if it was not asked for in words. */
  readonly request: ComparisonRequest | null;
  /** The command line that repeats this comparison. */
  readonly reproduce: string;
  /** Ends the comparison; complete blocks are kept. */
  readonly signal: AbortSignal;
  readonly progress: (event: ComparisonEvent) => void;
}

/** What a comparison reports to its listener. */
export type ComparisonEvent =
  | {
      /** A run begins. */
      readonly kind: 'run';
      /** From 1; invalid ones count. */
      readonly block: number;
      readonly order: BlockOrder;
      readonly letter: Letter;
      /** Which of the four, from 1. */
      readonly run: number;
      /** So far. */
      readonly validBlocks: number;
      readonly plannedBlocks: number;
      readonly elapsedMs: number;
      /** Time until the last planned block, if none is invalid and no look has the answer; null before the first block. */
      readonly leftMs: number | null;
    }
  | { readonly kind: 'invalid'; readonly block: number; readonly reasons: readonly string[] }
  | { readonly kind: 'look'; readonly blocks: number; readonly verdict: ComparisonVerdict }
  | { readonly kind: 'notice'; readonly message: string };

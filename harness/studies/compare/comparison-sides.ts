/** What is compared, and how: what goes into runComparison. */
import type { Target } from '../../../targets/target.ts';
import type { ComparisonVerdict } from '../../evidence/result/comparison.ts';
import type { Expectation, Plan } from '../../plan/scenario/plan.ts';
import type { BlockOrder, Letter } from './block-order.ts';
import type { ValidityLimits } from './block-validity.ts';
import type { ComparedMetricPolicy } from './compared-metrics.ts';
import type { ComparisonRequest } from './comparison-request.ts';

export interface ComparisonSide {
  /** What tells it from the other side, in the user's words. */
  readonly label: string;
  readonly plan: Plan;
  /** Instead of the target that the plan names: the same one of another version, say. */
  readonly target?: Target;
  /** Where its server's code came from: a revision, a folder or a package version; null for the code that compares. */
  readonly source: string | null;
}

export interface ComparisonSides {
  readonly a: ComparisonSide;
  readonly b: ComparisonSide;
}

export interface ComparisonOptions {
  /** Of the order of the blocks and, for each block anew, of its load; wins over the plans' own. */
  readonly seed: number;
  /** Valid blocks at most: fewer when an earlier look has the answer. */
  readonly blocks: number;
  readonly metrics: readonly ComparedMetricPolicy[];
  /** The error rate of "regressed" for the whole comparison. */
  readonly alpha: number;
  /** Absolute limits for B. */
  readonly slo: readonly Expectation[];
  /** When a block is no evidence; the usual limits where absent. */
  readonly validity?: ValidityLimits;
  /** No block begins after so long; null without a limit. */
  readonly budgetMs: number | null;
  /** The comparison folder. One with blocks in it is gone on with, if they are of this comparison. */
  readonly outDir: string;
  /** Kept in the folder, which can then be gone on with by its name alone; null where nobody asked in words. */
  readonly request: ComparisonRequest | null;
  /** The command line that makes this comparison again. */
  readonly reproduce: string;
  /** Ends the comparison; the blocks that are complete are kept. */
  readonly signal: AbortSignal;
  readonly progress: (event: ComparisonEvent) => void;
}

/** What a comparison tells whoever watches it. */
export type ComparisonEvent =
  | {
      /** A run begins. */
      readonly kind: 'run';
      /** From 1; invalid ones count. */
      readonly block: number;
      readonly order: BlockOrder;
      readonly letter: Letter;
      /** Of the four, from 1. */
      readonly run: number;
      /** So far. */
      readonly validBlocks: number;
      readonly plannedBlocks: number;
      readonly elapsedMs: number;
      /** Until the last planned block, if none is invalid and no look has the answer; null before the first block. */
      readonly leftMs: number | null;
    }
  | { readonly kind: 'invalid'; readonly block: number; readonly reasons: readonly string[] }
  | { readonly kind: 'look'; readonly blocks: number; readonly verdict: ComparisonVerdict }
  | { readonly kind: 'notice'; readonly message: string };

/**
 * How far a comparison has come: which looks its blocks allow, what they say, and whether to go on. Pure: the same blocks give the same
 * course.
 */
import type { Comparison, ComparisonBlock } from '../../evidence/result/comparison.ts';
import type { ComparedMetricPolicy } from './compared-metrics.ts';
import { type Judgement, judge } from './judge.ts';
import type { Look } from './looks.ts';

/** How many blocks may be invalid for each planned one, and how many in addition: a machine that is worse has no answer to give. */
const INVALID_SHARE = 0.5;
const INVALID_FREE = 2;

export type Block = Pick<ComparisonBlock, 'runs' | 'invalid'>;

export interface Course {
  readonly looks: Comparison['looks'];
  /** From the last look; null before the first. */
  readonly judgement: Judgement | null;
  /** Null: play another block. */
  readonly end: 'decided' | 'all-blocks' | 'too-many-invalid' | null;
}

export function maxInvalidBlocks(planned: number): number {
  return Math.floor(planned * INVALID_SHARE) + INVALID_FREE;
}

/**
 * Looks at each planned number of valid blocks, and only there, until one look has the answer. `forgiven` invalid blocks, those from before
 * an interruption, are no reason to give up.
 */
export function courseOf(
  blocks: readonly Block[],
  policies: readonly ComparedMetricPolicy[],
  planned: readonly Look[],
  forgiven = 0,
): Course {
  const valid = validBlocks(blocks);
  const looks: Comparison['looks'] = [];
  let judgement: Judgement | null = null;
  for (const look of planned) {
    if (valid.length < look.blocks) break;
    judgement = judge(valid.slice(0, look.blocks), policies, look);
    looks.push({ blocks: look.blocks, alpha: look.alpha, verdict: judgement.verdict });
    if (judgement.verdict !== 'inconclusive') return { looks, judgement, end: 'decided' };
  }
  if (looks.length === planned.length) return { looks, judgement, end: 'all-blocks' };
  const most = maxInvalidBlocks(planned.at(-1)?.blocks ?? 0);
  return { looks, judgement, end: blocks.length - valid.length - forgiven > most ? 'too-many-invalid' : null };
}

export function validBlocks<B extends Pick<Block, 'invalid'>>(blocks: readonly B[]): readonly B[] {
  return blocks.filter(({ invalid }) => invalid.length === 0);
}

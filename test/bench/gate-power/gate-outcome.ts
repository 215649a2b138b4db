/** What a gate would have said to blocks that come one after another: the looks and the judge of `letitcrash compare`. Pure. */

import type { ComparisonVerdict } from '../../../harness/evidence/result/comparison.ts';
import { type ComparedMetricPolicy, DEFAULT_METRICS } from '../../../harness/studies/compare/compared-metrics.ts';
import { judge } from '../../../harness/studies/compare/judge.ts';
import { DEFAULT_BLOCKS, type Look, plannedLooks } from '../../../harness/studies/compare/looks.ts';

export type JudgedBlocks = Parameters<typeof judge>[0];
export type JudgedBlock = JudgedBlocks[number];

export interface GateOutcome {
  readonly verdict: ComparisonVerdict;
  /** How many it needed. */
  readonly blocks: number;
  /** Which metrics regressed. */
  readonly regressed: readonly string[];
}

export const BLOCKING: readonly ComparedMetricPolicy[] = DEFAULT_METRICS.filter(({ role }) => role === 'blocking');
export const LOOKS = plannedLooks(DEFAULT_BLOCKS);

/** Asks for as many blocks as it wants to see, look by look. */
export function gateOutcome(blocksUpTo: (count: number) => JudgedBlocks, looks: readonly Look[] = LOOKS): GateOutcome {
  let outcome: GateOutcome = { verdict: 'inconclusive', blocks: 0, regressed: [] };
  for (const look of looks) {
    // Advisory metrics decide nothing, and only take time here.
    const { verdict, metrics } = judge(blocksUpTo(look.blocks), BLOCKING, look);
    const regressed = metrics.filter((metric) => metric.verdict === 'regressed').map(({ name }) => name);
    outcome = { verdict, blocks: look.blocks, regressed };
    if (verdict !== 'inconclusive') break;
  }
  return outcome;
}

/** How many of some gates ended how; adds up. */
export interface Tally {
  gates: number;
  regressed: number;
  equivalent: number;
  /** Over all gates. */
  blocks: number;
}

export function tallyOf(outcomes: readonly GateOutcome[]): Tally {
  return {
    gates: outcomes.length,
    regressed: outcomes.filter(({ verdict }) => verdict === 'regressed').length,
    equivalent: outcomes.filter(({ verdict }) => verdict === 'equivalent').length,
    blocks: outcomes.reduce((sum, { blocks }) => sum + blocks, 0),
  };
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const total = { gates: 0, regressed: 0, equivalent: 0, blocks: 0 };
  for (const tally of tallies)
    for (const key of ['gates', 'regressed', 'equivalent', 'blocks'] as const) total[key] += tally[key];
  return total;
}

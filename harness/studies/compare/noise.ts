/**
 * What a machine's noise allows: turns blocks in which both sides are the same server into the number of blocks that a margin needs. Pure.
 */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';
import { blockDeviation } from './block-deviation.ts';
import { blocksFor } from './block-size.ts';
import type { ComparedMetricPolicy } from './compared-metrics.ts';
import { MAX_BLOCKS, plannedLooks } from './looks.ts';

/** The share of true worsenings, and of servers that are not worse, that are recognised as such. */
const POWER = 0.9;

/** Null: more than MAX_BLOCKS. */
type Blocks = number | null;

export interface MetricNoise {
  readonly name: string;
  readonly role: ComparedMetricPolicy['role'];
  readonly margin: number;
  /** Deviation of the log ratio of a block of the same server; null if it was not measured. */
  readonly deviation: number | null;
  /** In nine cases of ten the deviation is no larger. */
  readonly deviationHigh: number | null;
  /** Blocks that find a worsening of twice the margin nine times in ten. */
  readonly find: Blocks;
  /** Blocks that show, nine times in ten, that a server that is not worse is within the margin. */
  readonly clear: Blocks;
}

export interface Noise {
  readonly metrics: readonly MetricNoise[];
  /** What the measured blocking metrics need for both questions: the maximum of `find` and `clear`; null if one needs too many. */
  readonly blocks: Blocks;
  /** At the pace of the pilot; null with `blocks`. */
  readonly minutes: number | null;
}

/**
 * With `margin`, it applies to all metrics; otherwise each metric has its own. Both questions are the same distance away, one margin;
 * "regressed" must be more certain (alpha, shared among the blocking metrics), so it mostly needs more blocks than "not worse".
 */
export function noiseOf(
  blocks: readonly Pick<ComparisonBlock, 'runs'>[],
  policies: readonly ComparedMetricPolicy[],
  { margin, alpha, blockMs }: { readonly margin: number | null; readonly alpha: number; readonly blockMs: number },
): Noise {
  const measured = policies.map((policy) => ({ policy, noise: blockDeviation(blocks, policy.metric) }));
  const blocking = measured.filter(({ policy, noise }) => policy.role === 'blocking' && noise !== null).length;
  // The last look, which has seen all blocks.
  const { alpha: forRegressed, alphaEquivalent } = plannedLooks(MAX_BLOCKS, alpha).at(-1) as ReturnType<
    typeof plannedLooks
  >[number];
  const metrics = measured.map(({ policy, noise }): MetricNoise => {
    const allowed = margin ?? policy.margin;
    const size = { deviation: noise?.deviation ?? 0, power: POWER };
    const find = { ...size, alpha: forRegressed / Math.max(1, blocking), margin: Math.log1p(allowed) };
    return {
      name: policy.metric,
      role: policy.role,
      margin: allowed,
      deviation: noise?.deviation ?? null,
      deviationHigh: noise?.high ?? null,
      find: noise === null ? null : blocksFor(Math.log1p(2 * allowed), find, MAX_BLOCKS),
      clear: noise === null ? null : blocksFor(Math.log1p(allowed), { ...size, alpha: alphaEquivalent, margin: 0 }, MAX_BLOCKS),
    };
  });
  const needed = metrics.filter(({ role, deviation }) => role === 'blocking' && deviation !== null);
  const all = needed.flatMap(({ find, clear }) => [find, clear]);
  const most = all.length === 0 || all.includes(null) ? null : Math.max(...all.filter((count) => count !== null));
  return { metrics, blocks: most, minutes: most === null ? null : (most * blockMs) / 60_000 };
}

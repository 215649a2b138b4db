/**
 * Turns blocks into verdicts. For each metric: the Hodges-Lehmann estimate of the ratio, an exact interval, and two exact one-sided tests
 * over the sign flips of the pairs. "Regressed" rejects "worse by no more than the margin", with Holm's correction over the blocking metrics
 * and the look's share of alpha, of which nothing is spent on what an earlier look would have found. "Equivalent" rejects "worse by the margin or more"; since all blocking metrics must be equivalent for the whole to be, it
 * needs no correction (Berger 1982, intersection-union). Everything else is inconclusive. Pure.
 */

import { metrics as knownMetrics } from '../../evidence/metrics/metrics.ts';
import type { ComparedMetric, ComparisonBlock, ComparisonVerdict } from '../../evidence/result/comparison.ts';
import { detectableEffect, deviationOf } from '../../evidence/stats/detectable.ts';
import { hodgesLehmann, signFlipInterval } from '../../evidence/stats/hodges-lehmann.ts';
import { holm } from '../../evidence/stats/multiple-testing.ts';
import { sequentialUpper } from '../../evidence/stats/sequential-ranks.ts';
import { blockLogLevel, blockLogRatio, pairLogRatios, ratioOf } from './block-evidence.ts';
import type { ComparedMetricPolicy } from './compared-metrics.ts';
import type { Look } from './looks.ts';
import { medianOfSide, valuesOf } from './run-values.ts';

const CONFIDENCE = 0.95;
/** The share of true worsenings of the detectable size that are found. */
const POWER = 0.9;
/** A metric of fewer pairs than this is not judged. */
const MIN_PAIRS = 3;
const SIDES = ['A', 'B'] as const;

export interface Judgement {
  readonly verdict: ComparisonVerdict;
  readonly metrics: readonly ComparedMetric[];
  /** Sentences, the decisive one first. */
  readonly reasons: readonly string[];
}

/**
 * Judges valid blocks within the error of this look. A blocking metric that some run measured takes part in the decision even if no block
 * can be judged by it: it is then inconclusive. A metric that no run measured says nothing.
 */
export function judge(
  blocks: readonly Pick<ComparisonBlock, 'runs'>[],
  policies: readonly ComparedMetricPolicy[],
  look: Pick<Look, 'alpha' | 'alphaEquivalent' | 'earlier'>,
): Judgement {
  const isRatio = ({ metric }: ComparedMetricPolicy): boolean => blocks.some((block) => blockLogRatio(block, metric) !== null);
  const compared = policies.filter((policy) => policy.role === 'blocking' && isRatio(policy)).length;
  const evidence = policies.map((policy) => evidenceOf(blocks, policy, look, Math.max(1, compared)));
  const blocking = evidence.filter(({ policy, worse }) => policy.role === 'blocking' && worse.length > 0);
  const corrected = holm(blocking.map(({ p }) => p ?? 1));
  const judged = evidence.map((one): ComparedMetric => {
    const index = blocking.indexOf(one);
    return judgedMetric(one, index < 0 ? one.p : (corrected[index] as number), Math.max(1, blocking.length), look);
  });
  const isMeasured = (name: string): boolean =>
    SIDES.some((side) => valuesOf(blocks, side, name).some((value) => value !== null));
  const deciding = judged.filter(({ role, name }) => role === 'blocking' && isMeasured(name));
  const verdict = overall(deciding);
  return { verdict, metrics: judged, reasons: reasonsFor(verdict, deciding, blocks) };
}

interface Evidence {
  readonly policy: ComparedMetricPolicy;
  /** Log ratio of each block; null if it was not measured. */
  readonly ratios: readonly (number | null)[];
  /** Log of how much worse B is in each pair, mirrored if higher is better. */
  readonly worse: readonly number[];
  /** Mean log of the runs of each block that has a ratio. */
  readonly levels: readonly number[];
  readonly a: number | null;
  readonly b: number | null;
  readonly p: number | null;
  readonly pEquivalent: number | null;
}

/** `compared` blocking metrics share the error of a look. */
function evidenceOf(
  blocks: readonly Pick<ComparisonBlock, 'runs'>[],
  policy: ComparedMetricPolicy,
  { alpha, alphaEquivalent, earlier }: Pick<Look, 'alpha' | 'alphaEquivalent' | 'earlier'>,
  compared: number,
): Evidence {
  const ratios = blocks.map((block) => blockLogRatio(block, policy.metric));
  const sign = policy.better === 'lower' ? 1 : -1;
  const pairs = blocks.map((block) => pairLogRatios(block, policy.metric) ?? []);
  const worse = pairs.flat().map((ratio) => sign * ratio);
  const enough = worse.length >= MIN_PAIRS;
  const margin = Math.log1p(policy.margin);
  const counts = earlier.map((look) => ({ ...look, count: pairs.slice(0, look.blocks).flat().length }));
  const shared = policy.role === 'blocking' ? compared : 1;
  const regressed = { earlier: counts.map((look) => ({ ...look, alpha: look.alpha / shared })), alpha: alpha / shared };
  const equivalent = { earlier: counts.map((look) => ({ ...look, alpha: look.alphaEquivalent })), alpha: alphaEquivalent };
  return {
    policy,
    ratios,
    worse,
    levels: blocks.flatMap((block, at) => (ratios[at] === null ? [] : blockLogLevel(block, policy.metric))),
    a: medianOfSide(blocks, 'A', policy.metric),
    b: medianOfSide(blocks, 'B', policy.metric),
    p: enough ? sequentialUpper(worse, margin, regressed) : null,
    pEquivalent: enough
      ? sequentialUpper(
          worse.map((each) => -each),
          -margin,
          equivalent,
        )
      : null,
  };
}

function judgedMetric(
  { policy, ratios, worse, levels, a, b, pEquivalent }: Evidence,
  p: number | null,
  compared: number,
  { alpha, alphaEquivalent }: Pick<Look, 'alpha' | 'alphaEquivalent'>,
): ComparedMetric {
  const { metric: name, margin, role, better } = policy;
  const sign = better === 'lower' ? 1 : -1;
  const enough = worse.length >= MIN_PAIRS;
  const interval = enough ? signFlipInterval(worse, CONFIDENCE) : null;
  const ends = interval === null ? [null, null] : [interval.low, interval.high].map((end) => ratioOf(sign * end));
  const [low, high] = better === 'lower' ? ends : ends.reverse();
  const regressed = p !== null && p <= alpha;
  const logRatio = worse.length > 0 ? sign * hodgesLehmann(worse) : null;
  const ratio = logRatio === null ? null : ratioOf(logRatio);
  const equivalent = pEquivalent !== null && pEquivalent <= alphaEquivalent;
  return {
    name,
    unit: knownMetrics.get(name)?.unit ?? 'count',
    better,
    role,
    a,
    b,
    judged: logRatio === null || ratio === null ? null : sidesOf(levels, logRatio),
    ratio,
    low: low ?? null,
    high: high ?? null,
    margin,
    p,
    pEquivalent,
    verdict: regressed ? 'regressed' : equivalent ? 'equivalent' : 'inconclusive',
    detectable: enough ? detectableShare(worse, margin, alpha / compared) : null,
    blocks: ratios.map((ratio) => (ratio === null ? null : ratioOf(ratio))),
  };
}

/** Both sides according to the estimate, around the middle of the blocks' levels. Null if a block stands for never, or for nothing. */
function sidesOf(levels: readonly number[], logRatio: number): ComparedMetric['judged'] {
  const level = hodgesLehmann(levels);
  const [a, b] = [ratioOf(level - logRatio / 2), ratioOf(level + logRatio / 2)];
  return a === null || b === null ? null : { a, b };
}

/** As a share: 0.07 for 7% worse; null if so few blocks could never reach alpha. */
function detectableShare(worse: readonly number[], margin: number, alpha: number): number | null {
  const effect = detectableEffect({
    deviation: deviationOf(worse),
    estimatedFrom: worse.length,
    values: worse.length,
    alpha,
    power: POWER,
    margin: Math.log1p(margin),
  });
  const ratio = ratioOf(effect);
  return ratio === null ? null : ratio - 1;
}

function overall(deciding: readonly ComparedMetric[]): ComparisonVerdict {
  if (deciding.some(({ verdict }) => verdict === 'regressed')) return 'regressed';
  return deciding.length > 0 && deciding.every(({ verdict }) => verdict === 'equivalent') ? 'equivalent' : 'inconclusive';
}

function reasonsFor(
  verdict: ComparisonVerdict,
  deciding: readonly ComparedMetric[],
  blocks: readonly Pick<ComparisonBlock, 'runs'>[],
): string[] {
  if (deciding.length === 0) return ['no blocking metric was measured'];
  if (verdict === 'equivalent')
    return ['no blocking metric is worse by its margin; equivalent means no more than that, and B may be better'];
  return deciding
    .filter((metric) => metric.verdict === verdict)
    .map(({ name, ratio, low, high, margin, better, detectable }) => {
      const change = ratio === null ? withoutRatio(blocks, name) : `${percent(ratio - 1)} (${ratioRange(low, high)})`;
      const allowed = better === 'lower' ? `${share(margin)} more is allowed` : `${share(1 - 1 / (1 + margin))} less is allowed`;
      if (verdict === 'regressed') return `${name} is worse by more than its margin: ${change}, ${allowed}`;
      const reach = detectable === null ? '' : `; this many blocks detect ${percent(detectable)} or more`;
      return `${name} may or may not be worse by its margin: ${change}, ${allowed}${reach}`;
    });
}

/** For a metric without a ratio: how many runs of each side measured it, and for how many of these it is zero. */
function withoutRatio(blocks: readonly Pick<ComparisonBlock, 'runs'>[], name: string): string {
  const of = SIDES.map((side) => {
    const values = valuesOf(blocks, side, name);
    const known = values.filter((value) => value !== null);
    const zero = known.filter((value) => value === 0).length;
    return `${known.length} of ${values.length} runs of ${side}${zero === 0 ? '' : ` (zero in ${zero})`}`;
  });
  return `there is no ratio: it has a value in ${of.join(' and in ')}`;
}

function ratioRange(low: number | null, high: number | null): string {
  if (low === null && high === null) return 'too few blocks for an interval';
  return `${low === null ? 'no lower bound' : percent(low - 1)} to ${high === null ? 'no upper bound' : percent(high - 1)}`;
}

function percent(change: number): string {
  return `${change > 0 ? '+' : ''}${share(change)}`;
}

function share(of: number): string {
  return `${(of * 100).toFixed(1)}%`;
}

/** What a number of blocks can show at all, which is known before any is played. Pure. */
import { PAIRS } from './block-evidence.ts';
import { effectFoundBy } from './block-size.ts';
import type { ComparedMetricPolicy } from './compared-metrics.ts';
import { ALPHA, MAX_BLOCKS, plannedLooks } from './looks.ts';

/** What is asked of a comparison. */
export interface Asked {
  readonly blocks: number;
  readonly metrics: readonly ComparedMetricPolicy[];
  /** The error rate of "regressed" for the whole comparison. */
  readonly alpha: number;
  /** The error rate of "equivalent". */
  readonly alphaEquivalent: number;
}

/** Deviations of a block's log ratio for which the command says what can be found: a quiet, a typical and a busy machine. */
const DEVIATIONS = [0.03, 0.05, 0.1] as const;
/** The share of true worsenings that are found, the same as where a comparison says what it could have found. */
const POWER = 0.9;

/** The smallest p-value of n pairs, if all of them point the same way, is 2^-n. */
function leastP(blocks: number): number {
  return 2 ** -(blocks * PAIRS);
}

function lastLook(blocks: number, alpha: number): ReturnType<typeof plannedLooks>[number] {
  return plannedLooks(blocks, alpha).at(-1) as ReturnType<typeof plannedLooks>[number];
}

/** If every blocking metric is measured, the smallest of their p-values is compared with this share of the look's error (Holm). */
function blockingCount({ metrics }: Pick<Asked, 'metrics'>): number {
  return Math.max(1, metrics.filter(({ role }) => role === 'blocking').length);
}

/** With fewer blocks than this, "regressed" is impossible, however much worse B is. */
export function fewestForRegressed({ metrics, alpha }: Pick<Asked, 'metrics' | 'alpha'>): number {
  return fewest((blocks) => leastP(blocks) <= lastLook(blocks, alpha).alpha / blockingCount({ metrics }));
}

/** With fewer blocks than this, "equivalent" is impossible, however alike the sides are. */
export function fewestForEquivalent({ alphaEquivalent }: Pick<Asked, 'alphaEquivalent'>): number {
  return fewest((blocks) => leastP(blocks) <= (plannedLooks(blocks, ALPHA, alphaEquivalent).at(-1)?.alphaEquivalent ?? 0));
}

function fewest(isEnough: (blocks: number) => boolean): number {
  for (let blocks = 1; blocks < MAX_BLOCKS; blocks++) if (isEnough(blocks)) return blocks;
  return MAX_BLOCKS;
}

/** Why so few blocks are not played at all, in words; null if they can reach "regressed". */
export function tooFewBlocks(asked: Pick<Asked, 'blocks' | 'metrics' | 'alpha'>): string | null {
  const least = fewestForRegressed(asked);
  if (asked.blocks >= least) return null;
  const metrics = blockingCount(asked);
  const many = metrics === 1 ? 'one blocking metric' : `${metrics} blocking metrics`;
  return `${asked.blocks} of at least ${least} blocks: with fewer, nothing could be called regressed, however much worse B is (${many}, an error rate of ${percent(asked.alpha)})`;
}

/**
 * Why a time limit leaves no room for an answer, in words; null if it does. `loadMs` is how long the load of one run lasts, for the longer
 * of the two sides: a run takes longer than that.
 */
export function tooLittleTime(asked: Pick<Asked, 'metrics' | 'alpha'>, budgetMs: number | null, loadMs: number): string | null {
  const least = fewestForRegressed(asked);
  const neededMs = least * RUNS_OF_BLOCK * loadMs;
  if (budgetMs === null || budgetMs >= neededMs) return null;
  return `a budget of ${seconds(budgetMs)}: ${least} blocks of four runs are the minimum for an answer, and their loads alone last ${seconds(neededMs)}`;
}

const RUNS_OF_BLOCK = 4;

/** What such a comparison can find, to be printed before it begins: one sentence on each line. */
export function reachText(asked: Asked): readonly string[] {
  const { blocks, metrics, alpha } = asked;
  const looks = plannedLooks(blocks, alpha).map((look) => look.blocks);
  const equivalent = fewestForEquivalent(asked);
  return [
    `${blocks} blocks of four runs at most, examined after ${looks.join(', ')}; fewer than ${fewestForRegressed(asked)} could not call anything regressed`,
    ...(blocks < equivalent ? [`so few blocks can never show that B is equivalent: that takes ${equivalent}`] : []),
    `what is found nine times in ten, beyond the margin of a metric: ${DEVIATIONS.map((deviation) => detectableAt(deviation, asked)).join(', ')}`,
    `margins: ${metrics.map(marginText).join(', ')}; letitcrash doctor --noise measures how much blocks scatter on this machine`,
  ];
}

function marginText({ metric, margin, role }: ComparedMetricPolicy): string {
  return `${metric} ${percent(margin)}${role === 'advisory' ? ' (advisory)' : ''}`;
}

function detectableAt(deviation: number, { blocks, metrics, alpha }: Asked): string {
  const effect = effectFoundBy(blocks, {
    deviation,
    alpha: lastLook(blocks, alpha).alpha / blockingCount({ metrics }),
    power: POWER,
    margin: 0,
  });
  return `+${percent(Math.expm1(effect))} where blocks scatter by ${percent(deviation)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}

function seconds(ms: number): string {
  return ms >= 120_000 ? `${Number((ms / 60_000).toFixed(1))} min` : `${Number((ms / 1_000).toFixed(1))} s`;
}

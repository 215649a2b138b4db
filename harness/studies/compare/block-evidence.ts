/**
 * What one block says about one metric: the log ratio of B to A in each of its two pairs. The unit of evidence is a pair of neighbouring
 * runs, not a message: the thousands of messages of a run share its server process, its memory layout and its neighbours. Pure.
 */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';
import { canBeNever } from '../../evidence/result/never.ts';

/**
 * The log that stands for "never", and its negative for nothing at all: further away than any two values of a metric are from each other.
 * It is finite, and since verdicts use ranks, anything this far away has the same effect.
 */
const BEYOND = 300;
/** Logs from here on come from one of these: no measured ratio is e^50. */
const NO_RATIO = 50;

/** Runs that make one log ratio. */
const PAIR = 2;
/** Of a block. */
export const PAIRS = 2;

/**
 * Log of B / A for each pair, the first and the second half of the block. Null if no run measured the metric, if a run did not measure a
 * metric that cannot be "never", or if a value is below zero.
 */
export function pairLogRatios({ runs }: Pick<ComparisonBlock, 'runs'>, metric: string): readonly number[] | null {
  const values = runs.map((run) => run.values[metric] ?? null);
  if (values.every((value) => value === null)) return null;
  if (values.some((value) => (value === null ? !canBeNever(metric) : !(value >= 0)))) return null;
  const signed = runs.map(({ letter }, at) => (letter === 'B' ? 1 : -1) * logOf(values[at] ?? null));
  return Array.from({ length: Math.floor(runs.length / PAIR) }, (_, pair) =>
    signed.slice(pair * PAIR, (pair + 1) * PAIR).reduce((sum, log) => sum + log, 0),
  );
}

/** The mean over the pairs, which is the difference of the sides' mean logs; null as for the pairs. */
export function blockLogRatio(block: Pick<ComparisonBlock, 'runs'>, metric: string): number | null {
  const pairs = pairLogRatios(block, metric);
  return pairs === null ? null : pairs.reduce((sum, ratio) => sum + ratio, 0) / pairs.length;
}

/** Mean of the logs of all runs of a block, over both sides: its level, while its ratio says how far apart the sides are. */
export function blockLogLevel({ runs }: Pick<ComparisonBlock, 'runs'>, metric: string): number {
  return runs.reduce((sum, run) => sum + logOf(run.values[metric] ?? null), 0) / runs.length;
}

function logOf(value: number | null): number {
  if (value === null) return BEYOND;
  return value === 0 ? -BEYOND : Math.log(value);
}

/** The ratio for this log; null if it is not a number but stands for something against nothing, or for never. */
export function ratioOf(log: number): number | null {
  return Math.abs(log) < NO_RATIO ? Math.exp(log) : null;
}

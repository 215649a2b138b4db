/**
 * What one block says of one metric: the mean log ratio of B to A over its two pairs. The unit of evidence is a block, not a message: the
 * thousands of messages of a run share its server process, its memory layout and its neighbours. Pure.
 */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';
import { canBeNever } from '../../evidence/result/never.ts';

/**
 * The log that stands for "never", and its negative for nothing at all: further away than any two numbers of a metric are from one another.
 * Finite, since verdicts are made of ranks, to which anything so far away is the same.
 */
const BEYOND = 300;
/** Logs from here on come of one of these: no measured ratio is e^50. */
const NO_RATIO = 50;

/**
 * Log of B / A. Null where no run measured the metric, where a run did not measure what cannot be "never", or where a value is below zero.
 * The pairs are neighbours: the first and the second half of the block. Their mean is the same as the difference of the sides' mean logs.
 */
export function blockLogRatio({ runs }: Pick<ComparisonBlock, 'runs'>, metric: string): number | null {
  const values = runs.map((run) => run.values[metric] ?? null);
  if (values.every((value) => value === null)) return null;
  if (values.some((value) => (value === null ? !canBeNever(metric) : !(value >= 0)))) return null;
  const sum = runs.reduce((all, { letter }, at) => all + (letter === 'B' ? 1 : -1) * logOf(values[at] ?? null), 0);
  return sum / (runs.length / 2);
}

/** Mean of the logs of all runs of a block, of both sides: where it lies, as its ratio says how far apart its sides are. */
export function blockLogLevel({ runs }: Pick<ComparisonBlock, 'runs'>, metric: string): number {
  return runs.reduce((sum, run) => sum + logOf(run.values[metric] ?? null), 0) / runs.length;
}

function logOf(value: number | null): number {
  if (value === null) return BEYOND;
  return value === 0 ? -BEYOND : Math.log(value);
}

/** The ratio of this log; null where it is no number but stands for something against nothing, or for never. */
export function ratioOf(log: number): number | null {
  return Math.abs(log) < NO_RATIO ? Math.exp(log) : null;
}

/**
 * What one block says about one metric: the mean log ratio of B to A over its two pairs. The unit of evidence is a block, not a message:
 * the thousands of messages of a run share its server process, its memory layout and its neighbours. Pure.
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

/**
 * Log of B / A. Null if no run measured the metric, if a run did not measure a metric that cannot be "never", or if a value is below zero.
 * The pairs are neighbours: the first and the second half of the block. Their mean equals the difference of the sides' mean logs.
 */
export function blockLogRatio({ runs }: Pick<ComparisonBlock, 'runs'>, metric: string): number | null {
  const values = runs.map((run) => run.values[metric] ?? null);
  if (values.every((value) => value === null)) return null;
  if (values.some((value) => (value === null ? !canBeNever(metric) : !(value >= 0)))) return null;
  const sum = runs.reduce((all, { letter }, at) => all + (letter === 'B' ? 1 : -1) * logOf(values[at] ?? null), 0);
  return sum / (runs.length / 2);
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

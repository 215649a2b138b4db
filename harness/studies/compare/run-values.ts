/** What the runs of a comparison measured. A recovery clock that never stopped is later than every number, not missing. Pure. */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';
import { canBeNever } from '../../evidence/result/never.ts';
import { quantileOfSorted } from '../../evidence/stats/quantile.ts';

type Blocks = readonly Pick<ComparisonBlock, 'runs'>[];

/** The values of a side, in the metric's unit; null if it was not measured, or never came. */
export function valuesOf(blocks: Blocks, side: 'A' | 'B', metric: string): readonly (number | null)[] {
  return blocks.flatMap(({ runs }) => runs.flatMap(({ letter, values }) => (letter === side ? [values[metric] ?? null] : [])));
}

/** Median over a side's runs; null if none measured it, or if it never came in most of them. */
export function medianOfSide(blocks: Blocks, side: 'A' | 'B', metric: string): number | null {
  const values = valuesOf(blocks, side, metric);
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const counted = canBeNever(metric) ? values.map((value) => value ?? Number.POSITIVE_INFINITY) : known;
  const median = quantileOfSorted(Float64Array.from(counted).sort(), 0.5);
  return Number.isFinite(median) ? median : null;
}

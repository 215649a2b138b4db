/** A comparison in words: what every report of one says in the same way. Plain text, not escaped. */
import type { ComparedMetric, Comparison } from '../harness/evidence/result/comparison.ts';
import { canBeNever, NEVER } from '../harness/evidence/result/never.ts';
import { formatChange, formatInUnit, formatShare, plural } from './format.ts';
import { propertyName } from './properties.ts';

/** One word for the whole; a comparison that proved nothing is not inconclusive but invalid, and one that was interrupted says that. */
export function comparisonWord({ verdict, valid, interrupted }: Comparison): string {
  if (interrupted !== undefined) return 'Interrupted';
  if (!valid) return 'Invalid';
  return { regressed: 'Regressed', equivalent: 'Equivalent', inconclusive: 'Inconclusive' }[verdict];
}

/** What was compared: `durability=fsync against durability=commit`. */
export function comparedText({ a, b }: Pick<Comparison, 'a' | 'b'>): string {
  return a.label === b.label ? `${a.label}, twice` : `${a.label} against ${b.label}`;
}

/** Blocking metrics first, among them the regressed first; otherwise as the comparison has them. */
export function inOrderOfWeight(metrics: readonly ComparedMetric[]): readonly ComparedMetric[] {
  const weight = ({ role, verdict }: ComparedMetric): number => (role === 'blocking' ? 0 : 2) + (verdict === 'regressed' ? 0 : 1);
  return metrics.toSorted((a, b) => weight(a) - weight(b));
}

/**
 * The metrics whose interval lies wholly on the better side of no change, in the order of their weight: equivalent says only that a metric is
 * no worse. None where nothing was proven.
 */
export function betterForSure({ metrics, valid }: Pick<Comparison, 'metrics' | 'valid'>): readonly ComparedMetric[] {
  if (!valid) return [];
  return inOrderOfWeight(metrics).filter(({ better, low, high }) =>
    better === 'lower' ? high !== null && high < 1 : low !== null && low > 1,
  );
}

/** What stands before and behind their names. */
export const BETTER_WORDS = { before: 'Better on B', behind: 'with the whole interval on the better side' } as const;

/** What stands where a comparison that proved nothing would have its figures. */
export const WITHHELD =
  'Too few blocks were valid, so no figure of this comparison is shown; comparison.json has what the blocks measured.';

/** What the columns of both sides are, and how many blocks a ratio is of where it is not all of them; a sentence. */
export function sidesText({ metrics, blocks }: Pick<Comparison, 'metrics' | 'blocks'>): string {
  const withRatio = metrics.filter(({ ratio }) => ratio !== null);
  const all = blocks.filter(({ invalid }) => invalid.length === 0).length;
  const partial = withRatio.flatMap(({ name, blocks: ratios }) => {
    const some = ratios.filter((ratio) => ratio !== null).length;
    return some < all && ratios.length > 0 ? [`${name} ${some} of ${all}`] : [];
  });
  const what = withRatio.every(({ judged }) => judged !== null)
    ? 'A and B are the values that are judged: the middle of the blocks, as far apart as the change says'
    : 'A and B are medians over the runs, while the change comes from the blocks: they need not agree';
  return `${what}${partial.length === 0 ? '' : `; for some metrics not every block has a ratio (${partial.join(', ')})`}.`;
}

/** A side in its unit, as it is judged; without a ratio the median over its runs. Of a time that never came in most of its runs, and did on the other side, "never". */
export function sideValue({ name, unit, a, b, judged, ratio }: ComparedMetric, side: 'a' | 'b'): string {
  if (judged !== null && ratio !== null) return formatInUnit(judged[side], unit);
  const [value, other] = side === 'a' ? [a, b] : [b, a];
  return value === null && other !== null && canBeNever(name) ? NEVER : formatInUnit(value, unit);
}

/** `response.p99: 10.2 ms → 11.5 ms, +12.4% (+10.1% to +14.9%), worse than the margin of 5%`. */
export function metricSentence(metric: ComparedMetric): string {
  const { name, ratio, margin, verdict } = metric;
  const values = `${sideValue(metric, 'a')} → ${sideValue(metric, 'b')}`;
  const change = ratio === null ? 'there is no ratio' : `${formatChange(ratio)} (${intervalText(metric)})`;
  const limit = `the margin of ${formatChange(1 + margin).replace('+', '')}`;
  const meaning = {
    regressed: `worse than ${limit}`,
    equivalent: `not worse than ${limit}`,
    inconclusive: `neither surely worse than ${limit} nor surely within it`,
  }[verdict];
  return `${name}: ${values}, ${change}, ${meaning}`;
}

/** An interval in words; an end that the number of blocks leaves open is called open. */
export function intervalText({ low, high }: Pick<ComparedMetric, 'low' | 'high'>): string {
  if (low === null && high === null) return 'no interval from so few blocks';
  return `${low === null ? 'no lower bound' : formatChange(low)} to ${high === null ? 'no upper bound' : formatChange(high)}`;
}

/** The smallest worsening that would have been found. */
export function detectableText({ detectable }: Pick<ComparedMetric, 'detectable'>): string {
  return detectable === null ? 'unknown' : formatChange(1 + detectable);
}

/** What the two answers are held to; a sentence without its full stop. */
export function errorText({ alpha, alphaEquivalent }: Pick<Comparison, 'alpha' | 'alphaEquivalent'>): string {
  return `at most ${formatShare(alpha)} of comparisons of equal servers say regressed, and at most ${formatShare(alphaEquivalent)} of those whose B is worse by a margin say equivalent, which means not worse`;
}

export function blocksText({ blocks }: Comparison): string {
  const invalid = blocks.filter((block) => block.invalid.length > 0).length;
  const runs = blocks.reduce((sum, block) => sum + block.runs.length, 0);
  return `${plural(blocks.length, 'block')} with ${plural(runs, 'run')}${invalid === 0 ? '' : `, of which ${plural(invalid, 'block is', 'blocks are')} invalid`}`;
}

export function brokenText({ side, property, runs }: Comparison['broken'][number]): string {
  return `${side} broke "${propertyName(property)}" in ${plural(runs, 'run')}`;
}

/** Other runs of letitcrash that were active on the machine while a run was measured, in words. Pure. */
import { formatMs, plural } from './format.ts';
import { outsideText } from './printable.ts';
import type { Result } from './result.ts';

export type OtherRun = NonNullable<Result['environment']['otherRuns']>[number];

/** Null if none was seen. */
export function otherRunsText({ otherRuns = [] }: Pick<Result['environment'], 'otherRuns'>): string | null {
  const [first, ...more] = otherRuns;
  if (first === undefined) return null;
  const others = more.length === 0 ? '' : `; ${plural(more.length, 'more')} beside it`;
  return `another run of letitcrash was active on this machine for ${formatMs(first.forMs)} of this one: each makes the figures of the other worse, so they are doubtful (${outsideText(first.what, 80)} in ${outsideText(first.folder)}${others})`;
}

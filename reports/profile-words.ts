/** What every report says of a profiled run in the same way. */
import type { ProfileKind, Stacks } from '../harness/evidence/result/profile.ts';
import type { Result } from '../harness/evidence/result/result.ts';
import { formatBytes, formatUs } from './format.ts';

const KIND_WORDS: Readonly<Record<ProfileKind, string>> = {
  cpu: 'the CPU profiler',
  heap: 'the heap profiler',
  doctor: 'clinic doctor',
  flame: 'the CPU profiler, for clinic flame',
  bubbleprof: 'clinic bubbleprof',
};

/** A sentence; null for a run that was not profiled. */
export function profiledText({ profiledWith }: Result): string | null {
  if (profiledWith === undefined) return null;
  return `The server was observed by ${KIND_WORDS[profiledWith]} under load: every figure includes the cost of that.`;
}

/** How weights of a profile are written. */
export function formatWeight(unit: Stacks['unit']): (value: number | null) => string {
  return unit === 'us' ? formatUs : formatBytes;
}

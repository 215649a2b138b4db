/** A detected leak in words, the same in every report. Plain text, not escaped. */
import type { Result } from '../harness/evidence/result/result.ts';
import { isResolved, type Slope } from '../harness/evidence/result/slopes.ts';
import { formatBytes } from './format.ts';
import { slopeText } from './slope-words.ts';

/**
 * `memory leaks: each connection leaves 2.00 MB (1.99 MB to 2.01 MB) behind`; null if no leak was found, or if none was looked for.
 *
 * Whether a leak fails the run depends on what the scenario promises: `memory.leaking: false` does. Without a promise it is a warning, which
 * stands beside the verdict.
 */
export function leakText({ memory: { leak, leakPerMessage } }: Pick<Result, 'memory'>): string | null {
  const found = [
    ...(leak?.leaking === true ? [whoLeaves('connection', { ...leak, bytes: leak.bytesPerConnection })] : []),
    ...(leakPerMessage?.leaking === true
      ? [whoLeaves('message', { ...leakPerMessage, bytes: leakPerMessage.bytesPerMessage })]
      : []),
  ];
  return found.length === 0 ? null : `memory leaks: ${found.join(', and ')}`;
}

type Leak = Slope & Pick<NonNullable<Result['memory']['leak']>, 'toleranceBytes' | 'heapBytes' | 'heapLow' | 'heapHigh'>;

/** A leak that only the heap resolves is told by the heap. */
function whoLeaves(what: string, { bytes, low, high, toleranceBytes, heapBytes, heapLow, heapHigh }: Leak): string {
  const ofAll = isResolved({ bytes, low }) && low !== null && low > toleranceBytes;
  if (ofAll || heapBytes === null) return `each ${what} leaves ${slopeText({ bytes, low, high })} behind`;
  const heap = { bytes: heapBytes, low: heapLow, high: heapHigh };
  return `each ${what} leaves ${isResolved(heap) ? slopeText(heap) : formatBytes(heapBytes)} behind in the heap`;
}

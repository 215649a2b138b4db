/**
 * Memory for a connection, or for a message, as the slope that it is: an estimate with an interval. If the interval includes zero, or lies
 * below it, the slope is not resolved: the run says only that it is no larger than the upper end. Pure.
 */
import type { Result } from './result.ts';

export interface Slope {
  readonly bytes: number;
  /** Null if there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
}

export type SlopeName = 'connection' | 'heap' | 'native' | 'kernel' | 'leak' | 'leakOfMessage';

export function isResolved({ bytes, low }: Pick<Slope, 'bytes' | 'low'>): boolean {
  return bytes > 0 && (low === null || low > 0);
}

/** Null if it was not measured. */
export function slopeOf({ memory }: Pick<Result, 'memory'>, name: SlopeName): Slope | null {
  const { perConnection: cost, leak, leakPerMessage } = memory;
  switch (name) {
    case 'connection':
      return cost;
    case 'heap':
      return cost === null ? null : slope(cost.heapBytes, cost.heapLow, cost.heapHigh);
    case 'kernel':
      return cost === null ? null : slope(cost.kernelBytes, cost.kernelLow, cost.kernelHigh);
    case 'native':
      // The whole without the heap: its interval is as wide as both of theirs.
      return cost === null
        ? null
        : slope(cost.nativeBytes, difference(cost.low, cost.heapHigh), difference(cost.high, cost.heapLow));
    case 'leak':
      return leak === null ? null : { ...leak, bytes: leak.bytesPerConnection };
    case 'leakOfMessage':
      return leakPerMessage === null ? null : { ...leakPerMessage, bytes: leakPerMessage.bytesPerMessage };
  }
}

/** The figure that a run may report: null if it was not measured, or is not resolved. */
export function resolvedBytes(result: Pick<Result, 'memory'>, name: SlopeName): number | null {
  const found = slopeOf(result, name);
  return found !== null && isResolved(found) ? found.bytes : null;
}

/** The upper bound: the upper end of the interval, if the figure itself is not resolved. */
export function atMostBytes(result: Pick<Result, 'memory'>, name: SlopeName): number | null {
  const found = slopeOf(result, name);
  return found === null || isResolved(found) ? null : found.high;
}

function slope(bytes: number | null, low: number | null | undefined, high: number | null | undefined): Slope | null {
  return bytes === null ? null : { bytes, low: low ?? null, high: high ?? null };
}

function difference(from: number | null | undefined, less: number | null | undefined): number | null {
  return typeof from === 'number' && typeof less === 'number' ? from - less : null;
}

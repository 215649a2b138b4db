/**
 * The distribution of response times over the run: for each stretch of time, how many messages fell into each bucket of latency, so that a
 * report can show the whole distribution instead of three quantiles. Pure.
 */
import type { Observations } from '../ledger/observations.ts';
import type { Heat } from '../result/result.ts';
import type { TimelineWindow } from './timeline-window.ts';
import { isAnswered } from './waits.ts';

export const MAX_COLUMNS = 120;
export const MAX_BUCKETS = 24;
/** Buckets per decade, from the finest on; the first one with which the run's latencies need at most MAX_BUCKETS is used. */
const FINENESS = [20, 16, 12, 10, 8, 6, 5, 4, 3, 2, 1];

/**
 * Counts of acknowledged messages whose wait was the server's by the slot in which they were meant to be sent and by response time. Slots of `stepMs` are folded into
 * columns by whole numbers; buckets cover everything that was measured in the window, in microseconds. Null if nothing was.
 */
export function heatOf({ attempts }: Observations, window: TimelineWindow, stepMs: number, slots: number): Heat | null {
  const size = Math.max(1, Math.ceil(slots / MAX_COLUMNS));
  const columns = Math.ceil(slots / size);
  const columnUs = stepMs * size * 1000;
  /** -1 for what is not counted. */
  const columnOf = (row: number): number => {
    if (!isAnswered(attempts, row)) return -1;
    const intendedUs = attempts.intendedUs[row] as number;
    return intendedUs >= window.startUs && intendedUs < window.startUs + slots * stepMs * 1000
      ? Math.floor((intendedUs - window.startUs) / columnUs)
      : -1;
  };
  const responseUs = (row: number): number =>
    Math.max(1, (attempts.settledUs[row] as number) - (attempts.intendedUs[row] as number));
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (let row = 0; row < attempts.count; row++) {
    if (columnOf(row) < 0) continue;
    low = Math.min(low, responseUs(row));
    high = Math.max(high, responseUs(row));
  }
  if (high === 0) return null;
  const bucketsUs = logEdges(low, high);
  const counts = Array.from({ length: columns }, () => new Array<number>(bucketsUs.length - 1).fill(0));
  for (let row = 0; row < attempts.count; row++) {
    const column = counts[columnOf(row)];
    if (column === undefined) continue;
    const bucket = bucketOf(bucketsUs, responseUs(row));
    column[bucket] = (column[bucket] as number) + 1;
  }
  return { stepMs: stepMs * size, bucketsUs, counts };
}

/**
 * Edges around [low, high], both above 0, at 10^(i/k) for the finest k of FINENESS that needs at most MAX_BUCKETS buckets. Whole decades
 * are always among the candidates, so that two runs are easy to compare.
 */
export function logEdges(low: number, high: number): number[] {
  for (const perDecade of FINENESS) {
    const first = Math.floor(Math.log10(low) * perDecade + 1e-9);
    const last = Math.floor(Math.log10(high) * perDecade + 1e-9) + 1;
    if (last - first <= MAX_BUCKETS || perDecade === 1) {
      return Array.from({ length: last - first + 1 }, (_, index) => Number((10 ** ((first + index) / perDecade)).toPrecision(6)));
    }
  }
  throw new Error('unreachable: the coarsest is always taken');
}

/** The bucket of a latency within the edges; a latency outside belongs to the nearest bucket. */
function bucketOf(edges: readonly number[], us: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] as number) <= us) low = middle;
    else high = middle - 1;
  }
  return low;
}

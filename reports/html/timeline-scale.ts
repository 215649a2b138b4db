/** How the axes of a run's timeline read: where they end, what a point stands for, and how a tick is written. */
import type { Result } from '../../harness/evidence/result/result.ts';
import { formatMs, formatUs, roundTick } from '../format.ts';

/** The end of every time axis: the last slot's end, or the run's. */
export function timelineEndMs(result: Result): number {
  return result.timeline.offered.length * result.timeline.stepMs || (result.durationMs ?? 0);
}

/** Says what a point of a time line stands for. */
export function slotWords(stepMs: number, size: number, merged: string): string {
  const slot = `Each point is ${formatMs(stepMs)} of the run`;
  return size === 1 ? `${slot}.` : `Each point is ${formatMs(stepMs * size)} of the run: ${merged} of ${size} slots.`;
}

/** Ticks are round: 1 ms, not 1.00 ms. */
export function formatTickUs(us: number): string {
  return roundTick(formatUs(us));
}

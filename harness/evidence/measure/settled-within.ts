/**
 * What happened while something was measured. A ratio is of one window: what is acknowledged in the drain was paid for by time and
 * processor time that are not counted. Pure.
 */
import { type Attempts, Outcome } from '../ledger/observations.ts';

/** Microseconds since the run's zero; the end is not included. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Messages that were acknowledged within the span, whenever they were meant to be sent. */
export function ackedWithin({ count, outcome, settledUs }: Attempts, span: Span): number {
  return countWithin(count, span, (row) => (outcome[row] === Outcome.acked ? (settledUs[row] as number) : Number.NaN));
}

/** Messages that were first written within the span. */
export function sentWithin({ count, sentUs }: Attempts, span: Span): number {
  return countWithin(count, span, (row) => sentUs[row] as number);
}

/** NaN is never. */
function countWithin(rows: number, { fromUs, toUs }: Span, atUs: (row: number) => number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const us = atUs(row);
    if (us >= fromUs && us < toUs) count += 1;
  }
  return count;
}

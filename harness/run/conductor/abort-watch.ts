/** Decides from successive readings whether an abort condition has held for its time. Pure. */
import { formatInUnit, formatMs } from '../../evidence/result/format.ts';
import { meets } from '../../plan/scenario/condition.ts';
import type { AbortCondition } from '../../plan/scenario/plan.ts';
import type { LiveReading } from './live-readings.ts';

/** Readings come a little more or less than a second apart: five of them are 5 s. */
const TOLERANCE_MS = 250;

/** A condition that held for its time, with the last reading and its time. */
export interface Abort {
  readonly condition: AbortCondition;
  /** Milliseconds since the run's zero. */
  readonly atMs: number;
  /** In the metric's unit. */
  readonly actual: number;
}

/** For people: `aborted at 12.3 s: error.rate > 50% for 5s; it was 83.1%`. */
export function abortText({ condition, atMs, actual }: Abort): string {
  return `aborted at ${formatMs(atMs)}: ${condition.source}; it was ${formatInUnit(actual, condition.unit)}`;
}

export class AbortWatch {
  readonly #held: { readonly condition: AbortCondition; heldMs: number }[];

  constructor(conditions: readonly AbortCondition[]) {
    this.#held = conditions.map((condition) => ({ condition, heldMs: 0 }));
  }

  /** The first condition that has held in every reading over its time; a second in which nothing was measured interrupts it. */
  observe({ atMs, overMs, values }: Pick<LiveReading, 'atMs' | 'overMs' | 'values'>): Abort | null {
    let abort: Abort | null = null;
    for (const each of this.#held) {
      const { metric, comparator, limit, forMs } = each.condition;
      const actual = values[metric];
      each.heldMs = meets(actual, comparator, limit) ? each.heldMs + overMs : 0;
      if (abort === null && actual !== null && each.heldMs > 0 && each.heldMs >= forMs - TOLERANCE_MS) {
        abort = { condition: each.condition, atMs, actual };
      }
    }
    return abort;
  }
}

/** The abort conditions of a run: decides from successive readings whether one has held for its time, and then ends the run early, once. */
import { formatInUnit, formatMs } from '../../evidence/result/format.ts';
import { meets } from '../../plan/scenario/condition.ts';
import type { AbortCondition, Plan } from '../../plan/scenario/plan.ts';
import type { LiveReading } from './live-readings.ts';

/** Readings come a little more or less than a second apart: five of them are 5 s. */
const TOLERANCE_MS = 250;
/** The last second of the load is reported a little after its end. */
const LATE_REPORT_MS = 500;

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
  readonly #loadMs: number;
  readonly #controller = new AbortController();
  #happened: Abort | null = null;

  constructor({ load, abort }: { readonly load: Pick<Plan['load'], 'durationMs'>; readonly abort: readonly AbortCondition[] }) {
    this.#held = abort.map((condition) => ({ condition, heldMs: 0 }));
    this.#loadMs = load.durationMs;
  }

  /** Aborted when a condition has held; `happened` then says which. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first condition that has held in every reading over its time; a second in which nothing was measured interrupts it. */
  get happened(): Abort | null {
    return this.#happened;
  }

  observe({ atMs, overMs, values }: Pick<LiveReading, 'atMs' | 'overMs' | 'values'>): void {
    if (this.#happened !== null || atMs > this.#loadMs + LATE_REPORT_MS) return;
    for (const each of this.#held) {
      const { metric, comparator, limit, forMs } = each.condition;
      const actual = values[metric];
      each.heldMs = meets(actual, comparator, limit) ? each.heldMs + overMs : 0;
      if (this.#happened === null && actual !== null && each.heldMs > 0 && each.heldMs >= forMs - TOLERANCE_MS) {
        this.#happened = { condition: each.condition, atMs, actual };
        this.#controller.abort();
      }
    }
  }
}

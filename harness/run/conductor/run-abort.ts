/** The abort conditions of a run while it goes on: it is fed with successive readings, and signals once when to end the run early. */
import type { Plan } from '../../plan/scenario/plan.ts';
import { type Abort, AbortWatch } from './abort-watch.ts';
import type { LiveReading } from './live-readings.ts';

/** The last second of the load is reported a little after its end. */
const LATE_REPORT_MS = 500;

export class RunAbort {
  readonly #watch: AbortWatch;
  readonly #durationMs: number;
  readonly #controller = new AbortController();
  #happened: Abort | null = null;

  constructor({ load, abort }: Plan) {
    this.#watch = new AbortWatch(abort);
    this.#durationMs = load.durationMs;
  }

  /** Aborted when a condition has held; `happened` then says which. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get happened(): Abort | null {
    return this.#happened;
  }

  observe(reading: Pick<LiveReading, 'atMs' | 'overMs' | 'values'>): void {
    if (this.#happened !== null || reading.atMs > this.#durationMs + LATE_REPORT_MS) return;
    this.#happened = this.#watch.observe(reading);
    if (this.#happened !== null) this.#controller.abort();
  }
}

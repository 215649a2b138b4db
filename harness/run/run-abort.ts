/** The abort conditions of a run while it goes on: fed with the workers' reports, it says once when to end the run before its time. */
import type { WorkerProgress } from '../load/worker-protocol.ts';
import type { Plan } from '../scenario/plan.ts';
import { type Abort, AbortWatch } from './abort-watch.ts';
import { LiveReadings } from './live-readings.ts';

/** The last second of the load is reported a little after its end. */
const LATE_REPORT_MS = 500;

export class RunAbort {
  readonly #readings: LiveReadings;
  readonly #watch: AbortWatch;
  readonly #durationMs: number;
  readonly #controller = new AbortController();
  #happened: Abort | null = null;

  constructor({ load, users, abort }: Plan) {
    this.#readings = new LiveReadings(load.workers, users);
    this.#watch = new AbortWatch(abort);
    this.#durationMs = load.durationMs;
  }

  /** Aborted when a condition has held; what it was is then in `happened`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get happened(): Abort | null {
    return this.#happened;
  }

  observe(progress: WorkerProgress): void {
    const reading = this.#readings.add(progress);
    if (reading === null || this.#happened !== null || reading.atMs > this.#durationMs + LATE_REPORT_MS) return;
    this.#happened = this.#watch.observe(reading);
    if (this.#happened !== null) this.#controller.abort();
  }
}

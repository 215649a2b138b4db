/** Other runs of letitcrash on this machine during a run: what they are, and for how long they were active beside its load. */
import { resolve } from 'node:path';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import type { OtherRun } from '../../evidence/result/other-runs.ts';
import { LiveRegistration, type LiveRun, TOUCH_EVERY_MS } from '../arena/live-runs.ts';

/** Maximum kept one by one; with more than these at once, the conclusion is clear anyway. */
const MOST = 20;

export interface NeighboursOptions {
  /** What the others see: `run smoke`. */
  readonly what: string;
  readonly folder: string;
  /** Whether the run is measuring now: only then can it be disturbed. */
  isMeasuring(): boolean;
  /** Called once for each. */
  onSeen(other: LiveRun): void;
  /** For tests; by default that of this user. */
  readonly stateFolder?: string;
}

export class Neighbours {
  readonly #options: NeighboursOptions;
  readonly #registration: LiveRegistration;
  readonly #told = new Set<string>();
  readonly #beside = new Map<string, OtherRun>();
  readonly #timer: NodeJS.Timeout;
  #lookedUs = monotonicUs();

  /** From now on the others see this run, until `end`. */
  constructor(options: NeighboursOptions) {
    this.#options = options;
    this.#registration = new LiveRegistration(options.what, resolve(options.folder), options.stateFolder);
    this.look();
    this.#timer = setInterval(() => this.look(), TOUCH_EVERY_MS).unref();
  }

  /** The runs beside what was measured, the longest first. */
  get seen(): readonly OtherRun[] {
    return [...this.#beside.values()].toSorted((a, b) => b.forMs - a.forMs).slice(0, MOST);
  }

  look(): void {
    const nowUs = monotonicUs();
    const overMs = (nowUs - this.#lookedUs) / 1000;
    this.#lookedUs = nowUs;
    for (const other of this.#registration.others()) {
      if (!this.#told.has(other.id)) this.#options.onSeen(other);
      this.#told.add(other.id);
      if (!this.#options.isMeasuring()) continue;
      const { what, folder } = other;
      this.#beside.set(other.id, { what, folder, forMs: (this.#beside.get(other.id)?.forMs ?? 0) + overMs });
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#registration.end();
  }
}

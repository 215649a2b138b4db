/**
 * How long the next run of an exploration may take, judging by the last ones: a run that would not fit into the rest of a budget is not
 * begun. Pure.
 */
import type { Schedule } from './schedule.ts';
import type { Lab, Trial } from './trial.ts';

/** Number of runs considered: enough to include one that had to replace its cluster. */
const LOOK_BACK = 5;

export class RunPace implements Lab {
  readonly #lab: Lab;
  readonly #nowMs: () => number;
  readonly #tookMs: number[] = [];

  /** Of the runs that `lab` plays. */
  constructor(lab: Lab, nowMs: () => number) {
    this.#lab = lab;
    this.#nowMs = nowMs;
  }

  async play(schedule: Schedule): Promise<Trial> {
    const beganMs = this.#nowMs();
    const trial = await this.#lab.play(schedule);
    this.#tookMs.push(this.#nowMs() - beganMs);
    if (this.#tookMs.length > LOOK_BACK) this.#tookMs.shift();
    return trial;
  }

  /** Whether a run as long as the longest of the last ones fits into this many milliseconds; the first one is begun if any time is left. */
  fits(leftMs: number): boolean {
    return leftMs > 0 && Math.max(0, ...this.#tookMs) <= leftMs;
  }
}

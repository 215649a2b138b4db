/** How long the next run of an exploration may take, as the last ones tell: one that would not fit into what is left of a budget is not begun. Pure. */
import type { Schedule } from './schedule.ts';
import type { Lab, Trial } from './trial.ts';

/** Runs that are looked back upon: long enough for one that had to make its cluster anew. */
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

  /** Whether a run as long as the longest of the last ones is over in so many milliseconds; the first is begun as long as any are left. */
  fits(leftMs: number): boolean {
    return leftMs > 0 && Math.max(0, ...this.#tookMs) <= leftMs;
  }
}

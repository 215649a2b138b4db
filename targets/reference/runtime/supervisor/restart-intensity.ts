/** Counts restarts within a sliding period: `intensity` of them are tolerated, one more is too many (supervisor:add_restart). */
export class RestartIntensity {
  #intensity: number;
  #periodMs: number;
  #restartsAtMs: number[] = [];

  constructor(intensity: number, periodMs: number) {
    this.#intensity = intensity;
    this.#periodMs = periodMs;
  }

  /** Other limits; restarts counted so far stay counted. */
  change(intensity: number, periodMs: number): void {
    this.#intensity = intensity;
    this.#periodMs = periodMs;
  }

  /** Count a restart at `nowMs`; returns whether it is still borne. */
  add(nowMs: number): boolean {
    this.#restartsAtMs = this.#restartsAtMs.filter((atMs) => nowMs <= atMs + this.#periodMs);
    this.#restartsAtMs.push(nowMs);
    return this.#restartsAtMs.length <= this.#intensity;
  }
}

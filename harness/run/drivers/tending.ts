/**
 * Examines open sessions, a bounded share at a time, so that silence is noticed without a timer for each session. Time in which this
 * process did not run does not count, because it could not hear.
 */

/** Each session is examined once in this time; a keepalive may be late by that much. */
const ROUND_MS = 500;
/** Of the time between two calls, at most this counts. */
const STEP_MS = 50;

export class Tending<Session extends { tend(): void }> {
  readonly #open = new Set<Session>();
  /** The rest of the round over the open sessions. */
  #round: IterableIterator<Session> | null = null;
  #atMs = 0;
  #tendedMs = 0;

  /** Whole milliseconds of `tend`, by which sessions measure silence. */
  get tendedMs(): number {
    return Math.floor(this.#tendedMs);
  }

  add(session: Session): void {
    this.#open.add(session);
  }

  delete(session: Session): void {
    this.#open.delete(session);
  }

  /** See Driver.tend. */
  tend(nowMs: number): void {
    const stepMs = Math.min(Math.max(0, nowMs - this.#atMs), STEP_MS);
    this.#atMs = nowMs;
    this.#tendedMs += stepMs;
    for (let visits = Math.ceil((this.#open.size * stepMs) / ROUND_MS); visits > 0; visits--) {
      this.#round ??= this.#open.values();
      const { value, done } = this.#round.next();
      if (done === true) {
        this.#round = null;
        return;
      }
      value.tend();
    }
  }
}

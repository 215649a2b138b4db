/** What a driver told before open(), in order: it is kept for it, up to a bound. */

const MAX_EARLY = 10_000;

export class EarlyEvents {
  #events: (() => void)[] = [];

  keep(happen: () => void): void {
    if (this.#events.length < MAX_EARLY) this.#events.push(happen);
  }

  /** Has them happen for as long as `goesOn` says; none is left afterwards. */
  happen(goesOn: () => boolean): void {
    const events = this.#events;
    this.#events = [];
    for (const happen of events) if (goesOn()) happen();
  }

  forget(): void {
    this.#events = [];
  }
}

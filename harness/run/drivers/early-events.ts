/** What a driver reported before open(), in order: it is kept for later, up to a limit. */

const MAX_EARLY = 10_000;

export class EarlyEvents {
  #events: (() => void)[] = [];

  keep(happen: () => void): void {
    if (this.#events.length < MAX_EARLY) this.#events.push(happen);
  }

  /** Replays them for as long as `goesOn` returns true; none is left afterwards. */
  happen(goesOn: () => boolean): void {
    const events = this.#events;
    this.#events = [];
    for (const happen of events) if (goesOn()) happen();
  }

  forget(): void {
    this.#events = [];
  }
}

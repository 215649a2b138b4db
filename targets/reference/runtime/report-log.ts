/** The latest reports of one kind, and whoever wants to hear of new ones. */
export class ReportLog<Report> {
  readonly #limit: number;
  #reports: Report[] = [];
  #listeners = new Set<(report: Report) => void>();

  /** Keeps the latest `limit` reports. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(report: Report): void {
    this.#reports.push(report);
    if (this.#reports.length > this.#limit) this.#reports.shift();
    for (const listener of this.#listeners) listener(report);
  }

  /** Oldest first. */
  reports(): readonly Report[] {
    return this.#reports;
  }

  /** Returns a function that ends the subscription. */
  listen(listener: (report: Report) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

import type { OutsideNotices } from './outside-notices.ts';

/** The latest reports of one kind, and whoever wants to hear of new ones. */
export class ReportLog<Report> {
  readonly #limit: number;
  readonly #outside: OutsideNotices;
  #reports: Report[] = [];
  #listeners = new Set<(report: Report) => void>();

  /** Keeps the latest `limit` reports. */
  constructor(limit: number, outside: OutsideNotices) {
    this.#limit = limit;
    this.#outside = outside;
  }

  add(report: Report): void {
    this.#reports.push(report);
    if (this.#reports.length > this.#limit) this.#reports.shift();
    for (const listener of this.#listeners) this.#outside.add(() => listener(report));
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

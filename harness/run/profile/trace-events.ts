/** Trace events of a Node process, from its inspector, as the text of a trace file. */
import type { Inspector } from './inspector.ts';

/** What comes later is left out, and said to be. */
const MAX_CHARS = 256 * 1024 * 1024;

export class TraceEvents {
  readonly #inspector: Inspector;
  readonly #complete: Promise<void>;
  readonly #parts: string[] = [];
  #chars = 0;
  truncated = false;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
    inspector.onEvent<{ value: readonly unknown[] }>('NodeTracing.dataCollected', ({ value }) => this.#take(value));
    this.#complete = new Promise((resolve) => {
      inspector.onEvent('NodeTracing.tracingComplete', () => resolve());
    });
  }

  async begin(category: string): Promise<void> {
    await this.#inspector.request('NodeTracing.start', { traceConfig: { includedCategories: [category] } });
  }

  async end(): Promise<string> {
    await this.#inspector.request('NodeTracing.stop');
    await this.#complete;
    return `{"traceEvents":[${this.#parts.join(',\n')}]}`;
  }

  #take(events: readonly unknown[]): void {
    if (events.length === 0 || this.truncated) return;
    const text = events.map((event) => JSON.stringify(event)).join(',\n');
    this.#chars += text.length;
    this.truncated = this.#chars > MAX_CHARS;
    if (!this.truncated) this.#parts.push(text);
  }
}

/** Trace events of a Node process, from its inspector, as the text of a trace file. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Inspector } from './inspector.ts';

/** What comes later is left out, and said to be. */
const MAX_CHARS = 256 * 1024 * 1024;
/** Node goes on sending what it holds after it has said that the tracing is complete: all of it is there when no more has come for so long. */
const QUIET_MS = 1_000;
/** A process that has nothing to send is not waited for longer. */
const LATEST_MS = 10_000;

export class TraceEvents {
  readonly #inspector: Inspector;
  readonly #complete: Promise<void>;
  readonly #parts: string[] = [];
  #chars = 0;
  #pieces = 0;
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
    await this.#quiet();
    return `{"traceEvents":[${this.#parts.join(',\n')}]}`;
  }

  async #quiet(): Promise<void> {
    const latest = performance.now() + LATEST_MS;
    let before: number;
    do {
      before = this.#pieces;
      await delay(QUIET_MS);
    } while (performance.now() < latest && (this.#pieces !== before || before === 0));
  }

  #take(events: readonly unknown[]): void {
    this.#pieces += 1;
    if (events.length === 0 || this.truncated) return;
    const text = events.map((event) => JSON.stringify(event)).join(',\n');
    this.#chars += text.length;
    this.truncated = this.#chars > MAX_CHARS;
    if (!this.truncated) this.#parts.push(text);
  }
}

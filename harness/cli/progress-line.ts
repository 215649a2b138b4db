/** Progress on a stream: one line that rewrites itself on a terminal, plain lines now and then elsewhere. */
export interface ProgressStream {
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #live: boolean;
  readonly #plainEveryMs: number;
  #open = false;
  #plainAtMs = Number.NEGATIVE_INFINITY;

  /** `live` where a line can be rewritten; elsewhere a status is written every `plainEveryMs`, for logs that are read afterwards. */
  constructor(stream: ProgressStream, live: boolean, plainEveryMs: number) {
    this.#stream = stream;
    this.#live = live;
    this.#plainEveryMs = plainEveryMs;
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  /** How things stand at this moment, by the caller's clock. */
  status(text: string, atMs: number): void {
    if (this.#live) {
      this.clear();
      this.#stream.write(text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1)));
      this.#open = true;
    } else if (atMs - this.#plainAtMs >= this.#plainEveryMs) {
      this.#plainAtMs = atMs;
      this.say(text);
    }
  }

  /** The next status is written at once: the clock begins anew. */
  restart(): void {
    this.#plainAtMs = Number.NEGATIVE_INFINITY;
  }

  /** To be called before anything else is printed. */
  clear(): void {
    if (this.#open) this.#stream.write('\r\x1b[K');
    this.#open = false;
  }
}

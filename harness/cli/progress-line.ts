/**
 * Progress on a stream: one line that rewrites itself on a terminal, plain lines now and then elsewhere. What is
 * said may be a server's words: control characters are taken out.
 */
import { oneLine, printable } from '../result/printable.ts';

export interface ProgressStream {
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Whether a line of stderr can be rewritten: on a terminal that a person watches. */
export function isLive(): boolean {
  return process.stderr.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb';
}

/** A length of time, to the second: `42s`, `3m07s`. */
export function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
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
    this.#stream.write(`${printable(text)}\n`);
  }

  /** How things stand at this moment, by the caller's clock. */
  status(text: string, atMs: number): void {
    if (this.#live) {
      this.clear();
      this.#stream.write(oneLine(text).slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1)));
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

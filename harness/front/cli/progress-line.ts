/**
 * Progress on a stream: one line that rewrites itself on a terminal, occasional plain lines elsewhere. The text may contain a server's
 * words, so it goes through logText.
 */
import { logText, oneLine } from '../../evidence/result/printable.ts';
import type { Console } from './console.ts';

/** One field of a status, shown whole or not at all. */
export interface Field {
  readonly text: string;
  /** If there is no room for all fields, those with the highest rank are dropped first; rank 0 is dropped last. */
  readonly rank: number;
}

export interface ProgressStream {
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Whether a line of stderr can be rewritten: on a terminal that a person watches. */
export function isLive(): boolean {
  return process.stderr.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb';
}

/** Shows what goes on, as one command's events tell it. */
export interface Progress<Event> {
  readonly event: (event: Event) => void;
  /** Call it before anything else is printed. */
  readonly end: () => void;
}

/** On stderr; with --quiet nothing is shown. */
export function shown<Event>(
  make: (stream: ProgressStream, live: boolean) => Progress<Event>,
  { options: { quiet } }: Pick<Console, 'options'>,
): Progress<Event> {
  return quiet ? { event: () => undefined, end: () => undefined } : make(process.stderr, isLive());
}

/** Columns of a line's label. */
const LABEL = 8;
const USUAL_COLUMNS = 80;

/**
 * The label and as many fields as fit into the columns, in their order. Fields are dropped whole, the least important first, then the
 * label. Empty if not even the most important field fits.
 */
export function fittingStatus(label: string, fields: readonly Field[], columns: number): string {
  const kept = fields.map(({ text, rank }) => ({ text: oneLine(text), rank }));
  const words = oneLine(label).padEnd(LABEL);
  while (kept.length > 0) {
    const text = kept.map((field) => field.text).join(', ');
    for (const line of kept.length === 1 ? [words + text, text] : [words + text]) if (line.length <= columns) return line;
    const least = kept.reduce((most, { rank }, index) => (rank > (kept[most] as Field).rank ? index : most), 0);
    kept.splice(least, 1);
  }
  return '';
}

export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #live: boolean;
  readonly #plainEveryMs: number;
  #open = false;
  #plainAtMs = Number.NEGATIVE_INFINITY;

  /** `live` if a line can be rewritten; otherwise a status is written every `plainEveryMs`, for logs that are read afterwards. */
  constructor(stream: ProgressStream, live: boolean, plainEveryMs: number) {
    this.#stream = stream;
    this.#live = live;
    this.#plainEveryMs = plainEveryMs;
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear();
    this.#stream.write(`${logText(text)}\n`);
  }

  /** The current status, by the caller's clock. */
  status(label: string, fields: readonly Field[], atMs: number): void {
    if (this.#live) {
      this.clear();
      // A terminal that is full to its last column may begin a new line.
      this.#stream.write(fittingStatus(label, fields, (this.#stream.columns || USUAL_COLUMNS) - 1));
      this.#open = true;
    } else if (atMs - this.#plainAtMs >= this.#plainEveryMs) {
      this.#plainAtMs = atMs;
      this.say(fittingStatus(label, fields, Number.POSITIVE_INFINITY));
    }
  }

  /** The next status is written at once: the clock restarts. */
  restart(): void {
    this.#plainAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Call it before anything else is printed. */
  clear(): void {
    if (this.#open) this.#stream.write('\r\x1b[K');
    this.#open = false;
  }
}

/**
 * When the lines of a server's logs were written, whatever their format: the times in a log may be in any format, so its length is read
 * four times a second, and what was added belongs to the time between two readings.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import { outsideText } from '../../evidence/result/printable.ts';
import type { Result, WorstSecond } from '../../evidence/result/result.ts';

const LOOK_EVERY_MS = 250;
/** Maximum files that are watched: one for each node and incarnation. */
const MAX_FILES = 64;
/** Maximum readings kept for one file, counting those at which it had grown: the times of later lines are not known. */
const MAX_LOOKS = 20_000;
/** For one second and one file. */
const READ_BYTES = 16 * 1024;
const LINES = 12;
const LINE_CHARS = 300;

/** The length of the log by then. */
interface Look {
  readonly atUs: number;
  readonly size: number;
}

type LogLine = WorstSecond['log'][number];

export class LogTimes {
  readonly #folder: string;
  readonly #looks = new Map<string, Look[]>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  /** After a last reading. */
  async stop(): Promise<void> {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    await this.#looking;
    await this.look();
  }

  /** One at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAround().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookAround(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.log'))) {
      const looks = this.#looks.get(name) ?? [];
      if (looks.length === 0 && this.#looks.size >= MAX_FILES) continue;
      this.#looks.set(name, looks);
      const facts = await stat(join(this.#folder, name)).catch(() => null);
      const size = facts?.size ?? 0;
      if (size > (looks.at(-1)?.size ?? 0) && looks.length < MAX_LOOKS) looks.push({ atUs: monotonicUs(), size });
    }
  }

  /** The same Result, with the server's log lines added to its worst seconds; `zeroUs` is the clock's time at the Result's zero. */
  async completed(result: Result, zeroUs: number): Promise<Result> {
    const seconds = await Promise.all(
      result.worstSeconds.map(async (second): Promise<WorstSecond> => {
        const lines = await this.#between(zeroUs + second.fromMs * 1000, zeroUs + second.toMs * 1000, zeroUs);
        return { ...second, log: lines.slice(0, LINES), moreLog: Math.max(0, lines.length - LINES) };
      }),
    );
    return { ...result, worstSeconds: seconds };
  }

  async #between(fromUs: number, toUs: number, zeroUs: number): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    for (const [file, looks] of this.#looks) {
      let budget = READ_BYTES;
      for (const [index, look] of looks.entries()) {
        const start = looks[index - 1]?.size ?? 0;
        // What was found at a reading was written since the one before: all of it may belong to this second.
        if (look.atUs <= fromUs || look.atUs - LOOK_EVERY_MS * 1000 >= toUs || budget <= 0) continue;
        const text = await this.#read(file, start, Math.min(look.size - start, budget));
        budget -= look.size - start;
        const written = text.split('\n').filter((line) => line.trim() !== '');
        lines.push(...written.map((line) => ({ file, byMs: (look.atUs - zeroUs) / 1000, line: outsideText(line, LINE_CHARS) })));
      }
    }
    return lines.toSorted((a, b) => a.byMs - b.byMs);
  }

  async #read(file: string, start: number, length: number): Promise<string> {
    const handle = await open(join(this.#folder, file)).catch(() => null);
    if (handle === null) return '';
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  }
}

/**
 * The wall clock of the nodes, which a fault can move: libfaketime, loaded into their processes, reads the offset from a file. Monotonic
 * time is not affected. It makes reading the clock slower, so nodes have it only if a fault of the plan moves the clock.
 */
import { existsSync, readdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recorder } from '../../arena/journal.ts';

/** The variant that several threads may use. */
const LIBRARY = join('faketime', 'libfaketimeMT.so.1');

/** Where the library is; null if it is not installed. */
export function faketimeLibrary(): string | null {
  const architectures = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.includes('-linux-gnu')) : [];
  const folders = [...architectures.map((name) => join('/usr/lib', name)), '/usr/lib', '/usr/lib64', '/usr/local/lib'];
  return folders.map((folder) => join(folder, LIBRARY)).find((path) => existsSync(path)) ?? null;
}

export class FalseClock {
  /** For the node processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;
  readonly #crossOut: () => void;
  /** The active jumps, in milliseconds. Their sum is the offset. */
  readonly #jumps = new Set<{ readonly byMs: number }>();

  private constructor(library: string, file: string, crossOut: () => void) {
    const preloaded = process.env.LD_PRELOAD;
    this.env = {
      LD_PRELOAD: preloaded === undefined || preloaded === '' ? library : `${library}:${preloaded}`,
      FAKETIME_TIMESTAMP_FILE: file,
      // Two names of the same switch, of older and newer versions.
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // Seconds between two reads of the file; without it, each reading of the clock opens the file.
      FAKETIME_CACHE_DURATION: '1',
    };
    this.#file = file;
    this.#crossOut = crossOut;
  }

  /** Correct at first. `file` is created. @throws if libfaketime is not installed. */
  static async make(file: string, journal: Recorder): Promise<FalseClock> {
    const library = faketimeLibrary();
    if (library === null) throw new Error('libfaketime is not installed');
    const clock = new FalseClock(library, file, journal.record({ kind: 'file', path: file }));
    await clock.#write();
    return clock;
  }

  /** Moves the clock, within about a second; the returned function moves it back. */
  async jump(byMs: number): Promise<() => Promise<void>> {
    const jump = { byMs };
    this.#jumps.add(jump);
    await this.#write();
    return async () => {
      this.#jumps.delete(jump);
      await this.#write();
    };
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
    this.#crossOut();
  }

  /** Whole or not at all, because the nodes may read it at any time. */
  async #write(): Promise<void> {
    const seconds = [...this.#jumps].reduce((sum, { byMs }) => sum + byMs, 0) / 1000;
    await writeFile(`${this.#file}.part`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    await rename(`${this.#file}.part`, this.#file);
  }
}

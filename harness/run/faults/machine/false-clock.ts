/**
 * The wall clock of the nodes, which a fault can move: libfaketime, loaded into their processes, reads the offset from a file. Monotonic
 * time stays what it is. It makes reading the clock slower, so nodes only have it where a fault of the plan moves it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recorder } from '../../arena/journal.ts';

/** The variant that several threads may use. */
const LIBRARY = join('faketime', 'libfaketimeMT.so.1');

/** Where the library is; null when it is not installed. */
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
  /** The jumps that are on; milliseconds. Together they are the offset. */
  readonly #jumps = new Set<{ readonly byMs: number }>();

  private constructor(library: string, file: string, crossOut: () => void) {
    const preloaded = process.env.LD_PRELOAD;
    this.env = {
      LD_PRELOAD: preloaded === undefined || preloaded === '' ? library : `${library}:${preloaded}`,
      FAKETIME_TIMESTAMP_FILE: file,
      // Two names of the same switch, of older and newer versions.
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // Seconds between two looks into the file; without, each reading of the clock opens it.
      FAKETIME_CACHE_DURATION: '1',
    };
    this.#file = file;
    this.#crossOut = crossOut;
  }

  /** Right, to begin with. `file` is made. @throws when libfaketime is not installed. */
  static async make(file: string, journal: Recorder): Promise<FalseClock> {
    const library = faketimeLibrary();
    if (library === null) throw new Error('libfaketime is not installed');
    const clock = new FalseClock(library, file, journal.record({ kind: 'file', path: file }));
    await clock.#write();
    return clock;
  }

  /** Moves it, within a second or so; the answer moves it back. */
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

  /** Whole or not at all, for the nodes read it at any time. */
  async #write(): Promise<void> {
    const seconds = [...this.#jumps].reduce((sum, { byMs }) => sum + byMs, 0) / 1000;
    await writeFile(`${this.#file}.part`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    await rename(`${this.#file}.part`, this.#file);
  }
}

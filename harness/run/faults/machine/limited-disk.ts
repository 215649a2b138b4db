/**
 * A disk of limited size under the deployment's data, so that it can be full while no other disk is: a tmpfs, mounted in the mount
 * namespace of the arena and removed with it.
 */
import { execFile } from 'node:child_process';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { presentArena } from '../../arena/inside.ts';
import type { Recorder } from '../../arena/journal.ts';

const run = promisify(execFile);
const BALLAST = 'letitcrash-ballast';
const PROBE = 'letitcrash-probe';
const MOST_AT_ONCE_BYTES = 64 * 1024 ** 2;
const PAGE_BYTES = 4096;

export interface Room {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

export class LimitedDisk {
  readonly #path: string;
  readonly #crossOut: () => void;
  /** Faults that keep it full. */
  #fillers = 0;

  private constructor(path: string, crossOut: () => void) {
    this.#path = path;
    this.#crossOut = crossOut;
  }

  /** Mounts it on an empty folder. @throws outside an arena. */
  static async mount(path: string, bytes: number, journal: Recorder): Promise<LimitedDisk> {
    if (presentArena() === null) throw new Error('a disk can only be mounted in an arena');
    const crossOut = journal.record({ kind: 'namespace', what: `tmpfs on ${path}` });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${Math.ceil(bytes)},mode=0700`, 'letitcrash', path]);
    return new LimitedDisk(path, crossOut);
  }

  async room(): Promise<Room> {
    const { bsize, blocks, bavail } = await statfs(this.#path);
    return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
  }

  /** Takes all the room there is. */
  async fill(): Promise<void> {
    this.#fillers += 1;
    const file = await open(join(this.#path, BALLAST), 'a');
    try {
      // In as few writes as there is room for, then the last page too: others write by the page.
      for (let free = (await this.room()).freeBytes; free > 0; free = (await this.room()).freeBytes) {
        if (!(await appended(file, Math.min(free, MOST_AT_ONCE_BYTES)))) break;
      }
      while (await appended(file, PAGE_BYTES));
    } finally {
      await file.close();
    }
  }

  /** Gives it back, once no fault wants it full any more. */
  async empty(): Promise<void> {
    this.#fillers -= 1;
    if (this.#fillers === 0) await rm(join(this.#path, BALLAST), { force: true });
  }

  /** The result of a small write: `written`, or the kernel's error code. */
  async tryWrite(): Promise<string> {
    const path = join(this.#path, PROBE);
    try {
      const file = await open(path, 'w');
      try {
        await file.writeFile(Buffer.alloc(2 * PAGE_BYTES, 1));
        await file.datasync();
      } finally {
        await file.close();
      }
      return 'written';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Once nobody uses it any more. */
  async unmount(): Promise<void> {
    await run('umount', [this.#path]);
    this.#crossOut();
  }
}

async function appended(file: Awaited<ReturnType<typeof open>>, bytes: number): Promise<boolean> {
  try {
    return (await file.write(Buffer.alloc(bytes, 1))).bytesWritten > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

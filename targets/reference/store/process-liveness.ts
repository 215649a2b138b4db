/**
 * Asks the kernel whether an OS process is alive: many times a second, about few processes. That no process has an id is known at
 * once; whether the process that has it is dead but not reaped is looked up again only after TRUSTED_MS.
 *
 * The owner of an id is looked up once: reading /proc/PID/stat takes a hundred microseconds. From then on a file of that process is held
 * open, which belongs to that process even if another gets its id later, and is cheap to read.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

export interface OsProcess {
  readonly osPid: number;
  /** When that OS process began, in the kernel's words; tells it from a later one with its number. Empty where the kernel does not say. */
  readonly osStart: string;
}

/**
 * So old a look at a process may be. Within it a number cannot have come round to another process; one that is dead and still to be
 * reaped by its parent is found to be dead as much later.
 */
const TRUSTED_MS = 100;
/** Processes that are remembered as gone, which they are for ever; who is forgotten is asked about again. */
const MAX_GONE = 64;
/** Processes of which a file is held open; whose is closed is looked at as if for the first time. */
const MAX_HELD = 32;
const SPACE = 0x20;
const ZERO = 0x30;

/** A process that was seen to be the one that is meant. */
interface Seen {
  /** Its /proc/PID/statm; null on systems without one, which are all except Linux. */
  readonly file: number | null;
  atMs: number;
}

export class ProcessLiveness {
  /** By number and start; who was seen first comes first. */
  readonly #seen = new Map<string, Seen>();
  /** By number and start. When a node dies, hundreds ask about it within a second, user by user. */
  readonly #gone = new Set<string>();

  lives({ osPid, osStart }: OsProcess): boolean {
    if (osPid === process.pid) return true;
    const key = `${osPid} ${osStart}`;
    if (this.#gone.has(key)) return false;
    if (!isTaken(osPid)) return this.#isGone(key, osStart);
    const nowMs = performance.now();
    const seen = this.#seen.get(key);
    if (seen !== undefined) {
      if (nowMs - seen.atMs < TRUSTED_MS) return true;
      if (seen.file !== null) {
        if (!hasMemory(seen.file)) return this.#isGone(key, osStart);
        seen.atMs = nowMs;
        return true;
      }
    }
    // Before its start is read: so the file is of nobody later than the process that has that start.
    const file = osStart === '' ? null : statmOf(osPid);
    const start = startOf(osPid);
    const lives = start === null || osStart === '' || start === osStart;
    if (!lives) {
      if (file !== null) closeSync(file);
      return this.#isGone(key, osStart);
    }
    this.#forget(key);
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined && this.#seen.size === MAX_HELD) this.#forget(oldest);
    this.#seen.set(key, { file, atMs: nowMs });
    return true;
  }

  #forget(key: string): void {
    const file = this.#seen.get(key)?.file ?? null;
    if (file !== null) closeSync(file);
    this.#seen.delete(key);
  }

  #isGone(key: string, osStart: string): false {
    this.#forget(key);
    // Without its start it could not be told from a later process with its number.
    if (osStart === '') return false;
    const [oldest] = this.#gone;
    if (oldest !== undefined && this.#gone.size === MAX_GONE) this.#gone.delete(oldest);
    this.#gone.add(key);
    return false;
  }
}

/** Whether some process has this number. */
function isTaken(osPid: number): boolean {
  try {
    process.kill(osPid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function statmOf(osPid: number): number | null {
  try {
    return openSync(`/proc/${osPid}/statm`, 'r');
  } catch {
    return null;
  }
}

const statm = Buffer.alloc(64);

/** Whether the process of this statm has memory: one that has ended has none, reaped or not. */
function hasMemory(file: number): boolean {
  try {
    return readSync(file, statm, 0, statm.length, 0) > 0 && !(statm[0] === ZERO && statm[1] === SPACE);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Field 22 of /proc/PID/stat, and whether the process is a zombie: that one is as good as gone. Null where the kernel does not say. */
export function startOf(osPid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${osPid}/stat`, 'latin1');
    // The name, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'gone' : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/**
 * Whether an OS process lives, asked of the kernel: many times a second, of few processes. That a number belongs to nobody is told at
 * once; whose it is, is looked up again after TRUSTED_MS only, for that takes the kernel thirty times as long.
 */
import { readFileSync } from 'node:fs';

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

export class ProcessLiveness {
  /** When a process was seen to be the one that is meant, by its number and start. */
  readonly #seenMs = new Map<string, number>();
  /** By number and start. When a node dies, hundreds ask about it within a second, user by user. */
  readonly #gone = new Set<string>();

  lives({ osPid, osStart }: OsProcess): boolean {
    if (osPid === process.pid) return true;
    const key = `${osPid} ${osStart}`;
    if (this.#gone.has(key)) return false;
    if (!isTaken(osPid)) return this.#isGone(key, osStart);
    const nowMs = performance.now();
    if (nowMs - (this.#seenMs.get(key) ?? Number.NEGATIVE_INFINITY) < TRUSTED_MS) return true;
    const start = startOf(osPid);
    const lives = start === null || osStart === '' || start === osStart;
    if (!lives) return this.#isGone(key, osStart);
    this.#seenMs.set(key, nowMs);
    return true;
  }

  #isGone(key: string, osStart: string): false {
    this.#seenMs.delete(key);
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

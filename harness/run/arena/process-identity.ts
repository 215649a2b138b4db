/**
 * The identity of an OS process beyond its id: ids are reused, but the time of the start is not. Code that ends or continues a process
 * which it did not just start itself compares both.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's own words (on Linux clock ticks since boot): only compared, never computed with. */
  readonly start: string;
}

/** The kernel's name for the namespace in which this process sees process ids; null if there is no such thing. */
export function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

/** The process that has this id now; null if there is none, or only a zombie. */
export function identify(pid: number): ProcessIdentity | null {
  const start = process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
  return start === null ? null : { pid, start };
}

/** Whether exactly this process still exists. */
export function isAlive({ pid, start }: ProcessIdentity): boolean {
  return identify(pid)?.start === start;
}

/** Signals this process, and no later one with the same id; false if it is gone. */
export function signalProcess(who: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(who)) return false;
  try {
    process.kill(who.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** State and start time are fields 3 and 22 of stat; the command, the second field, may contain anything, so count from after it. */
function startFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function startFromPs(pid: number): string | null {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() || null;
  } catch {
    return null;
  }
}

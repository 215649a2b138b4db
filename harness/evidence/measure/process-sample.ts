/** Memory and CPU of an OS process, as the kernel counts them. Linux reads /proc; elsewhere `ps` gives resident memory and CPU time. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CpuClock, type CpuCounts } from './cpu-clock.ts';

export interface ProcessSample {
  /** Proportional set size: shared pages divided among their users. Resident size if the system has no PSS. */
  readonly pssBytes: number;
  /** CPU used since the process began, user and system, microseconds. */
  readonly cpuUs: number;
}

/** USER_HZ: the kernel reports process times in hundredths of a second on every Linux that Node supports. */
const TICK_US = 10_000;

/** One reading, or null if the process is gone. Differences are exact between readings that were given the same clock of this process. */
export async function sampleProcess(osPid: number, clock = new CpuClock()): Promise<ProcessSample | null> {
  try {
    return process.platform === 'linux' ? await fromProc(osPid, clock) : await fromPs(osPid);
  } catch {
    return null;
  }
}

async function fromProc(osPid: number, clock: CpuClock): Promise<ProcessSample | null> {
  const [rollup, stat, threadsUs] = await Promise.all([
    readFile(`/proc/${osPid}/smaps_rollup`, 'utf8'),
    readFile(`/proc/${osPid}/stat`, 'utf8'),
    cpuOfThreads(osPid),
  ]);
  const pss = /^Pss:\s+(\d+) kB/m.exec(rollup);
  if (pss === null) return null;
  // The second field, the command in parentheses, may hold spaces: count fields after it. utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksUs = (Number(fields[11]) + Number(fields[12])) * TICK_US;
  return { pssBytes: Number(pss[1]) * 1024, cpuUs: clock.read({ ticksUs, threadsUs }) };
}

/**
 * CPU used by each thread that lives now, as of its last tick of the scheduler; null if the kernel keeps no scheduler statistics. A thread
 * that ends during the reading is left out.
 */
async function cpuOfThreads(osPid: number): Promise<CpuCounts['threadsUs']> {
  const threads = await readdir(`/proc/${osPid}/task`);
  const used = await Promise.all(
    threads.map(async (thread): Promise<[string, number][]> => {
      const text = await readFile(`/proc/${osPid}/task/${thread}/schedstat`, 'utf8').catch(gone);
      return text === null ? [] : [[thread, Number(text.split(' ', 1)[0]) / 1_000]];
    }),
  );
  const found = new Map(used.flat());
  return found.size === 0 ? null : found;
}

/** Only a thread that ended may be left out: one that lives and cannot be read would be counted as ended, and once more later. */
function gone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
  throw error;
}

async function fromPs(osPid: number): Promise<ProcessSample | null> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(osPid)]);
  const [rss, time] = stdout.trim().split(/\s+/);
  if (rss === undefined || time === undefined) return null;
  const seconds = time.split(/[:-]/).reduce((total, part) => total * 60 + Number(part), 0);
  return { pssBytes: Number(rss) * 1024, cpuUs: seconds * 1e6 };
}

/**
 * Kernel memory of all sockets and their files on this machine: unreclaimable slab and TCP buffers, in bytes; null on systems other than
 * Linux. It belongs to the machine, not to a process: only differences on a quiet machine mean anything, and both ends of a loopback
 * connection are included.
 */
export async function sampleKernelSocketBytes(): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  try {
    const [meminfo, sockstat] = await Promise.all([readFile('/proc/meminfo', 'utf8'), readFile('/proc/net/sockstat', 'utf8')]);
    const slab = /^SUnreclaim:\s+(\d+) kB/m.exec(meminfo);
    const pages = /^TCP: .* mem (\d+)/m.exec(sockstat);
    return slab === null || pages === null ? null : Number(slab[1]) * 1024 + Number(pages[1]) * 4096;
  } catch {
    return null;
  }
}

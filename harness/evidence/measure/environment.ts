/** The fingerprint of the machine on which a run took place: absolute figures of one machine say nothing about another. */
import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Result } from '../result/result.ts';
import type { Machine } from './fingerprint.ts';

export type Environment = Result['environment'];

/** Cumulative CPU ticks of the machine, for the share that other guests took. */
export interface CpuTicks {
  readonly total: number;
  readonly steal: number;
}

/** /proc/stat's first line; null off Linux. */
export async function readCpuTicks(): Promise<CpuTicks | null> {
  try {
    const line = (await readFile('/proc/stat', 'utf8')).split('\n', 1)[0] ?? '';
    // user nice system idle iowait irq softirq steal; guest times are within user already
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
    return { total: ticks.reduce((sum, each) => sum + each, 0), steal: ticks[7] ?? 0 };
  } catch {
    return null;
  }
}

/** Soft limit of open files of this process; null off Linux. */
export async function openFilesLimit(): Promise<number | null> {
  try {
    const match = /^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'));
    return match === null ? null : Number(match[1]);
  } catch {
    return null;
  }
}

/** What kind of machine this is. */
export function thisMachine(): Machine {
  return {
    os: `${type()} ${release()}`,
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/**
 * Reads the machine now; `before` is a reading from the start of the run, for the CPU time stolen since then. The caller says whether this
 * process is in an arena, because only the arena knows.
 */
export async function readEnvironment(before: CpuTicks | null): Promise<Omit<Environment, 'arena'>> {
  const now = await readCpuTicks();
  const elapsed = now !== null && before !== null ? now.total - before.total : 0;
  return {
    ...thisMachine(),
    node: process.version,
    letitcrash: packageJson.version,
    openFilesLimit: await openFilesLimit(),
    stealShare: now !== null && before !== null && elapsed > 0 ? (now.steal - before.steal) / elapsed : null,
    loadAverage: loadavg()[0] ?? 0,
  };
}

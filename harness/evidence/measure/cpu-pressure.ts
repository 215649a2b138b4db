/** How long something runnable waited for a processor, from the kernel's pressure stall information. */
import { readFile } from 'node:fs/promises';

/** Microseconds since the machine started; null if the kernel does not report it. */
export async function readCpuPressureUs(): Promise<number | null> {
  try {
    const match = /^some .*total=(\d+)/m.exec(await readFile('/proc/pressure/cpu', 'utf8'));
    return match === null ? null : Number(match[1]);
  } catch {
    return null;
  }
}

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { CpuClock } from '../../../../harness/evidence/measure/cpu-clock.ts';
import { sampleProcess } from '../../../../harness/evidence/measure/process-sample.ts';

/** Burns at least so much of this process's CPU time, however busy the machine is. */
function burn(ms: number): void {
  const from = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(from);
    if (user + system >= ms * 1_000) return;
  }
}

describe('a sample of a process', () => {
  it('counts CPU time more finely than the hundredths of a second to which the kernel rounds down', async () => {
    // Where the kernel keeps no statistics of its scheduler, hundredths are all there is.
    if (!existsSync('/proc/self/schedstat')) return;
    const before = await sampleProcess(process.pid);
    burn(3);
    const after = await sampleProcess(process.pid);
    expect((after?.cpuUs ?? 0) - (before?.cpuUs ?? 0)).toBeGreaterThanOrEqual(2_900);
    expect((after?.cpuUs ?? 0) % 10_000).not.toBe(0);
  });

  it('stays as fine after a thread has ended, whose time is in the hundredths alone', async () => {
    if (!existsSync('/proc/self/schedstat')) return;
    const script = 'const from = process.cpuUsage().user; while (process.cpuUsage().user - from < 100_000);';
    const worker = new Worker(script, { eval: true });
    await new Promise((resolve) => worker.once('exit', resolve));
    const clock = new CpuClock();
    const readings: number[] = [];
    for (let time = 0; time < 8; time++) {
      burn(3);
      readings.push((await sampleProcess(process.pid, clock))?.cpuUs ?? 0);
    }
    const steps = readings.slice(1).map((us, index) => us - (readings[index] as number));
    expect(Math.min(...steps)).toBeGreaterThan(1_000);
    expect(steps.every((us) => us % 10_000 === 0)).toBe(false);
  });

  it('agrees with what the process reports of itself', async () => {
    burn(50);
    const { user, system } = process.cpuUsage();
    const sample = await sampleProcess(process.pid);
    expect(sample?.cpuUs).toBeGreaterThan((user + system) * 0.9);
    expect(sample?.pssBytes).toBeGreaterThan(10_000_000);
  });

  it('is null for a process that has ended', async () => {
    expect(await sampleProcess(2 ** 22 + 1)).toBeNull();
  });
});

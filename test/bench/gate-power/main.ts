/**
 * How often a gate cries wolf, and how often it sees the wolf: `npm run bench -- gate-power [step...]`.
 *
 *     simulate   10,000 gates for each kind of noise and each effect                     minutes
 *     record     real runs of the plain server and of servers with planted effects       an hour or more, on a machine that is quiet
 *     resample   gates put together from the recorded blocks                             minutes
 *     full       whole gates by the command, as a pipeline would see them                an hour or two
 *     report     README.md from the data
 *
 * Each step goes on where it was interrupted; its data is in data/ and kept. Remove a file of it to begin that step anew.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruptible } from '../../../harness/front/cli/interruption.ts';
import { full } from './full.ts';
import { record } from './record.ts';
import { writeReport } from './report.ts';
import { resample } from './resample.ts';
import { simulate } from './simulate.ts';

const steps: Readonly<Record<string, (signal: AbortSignal) => void | Promise<void>>> = {
  simulate,
  record,
  resample,
  full,
  report: writeReport,
  // One block of each kind: whether recording works at all.
  smoke: (signal) => record(signal, 1),
};
const ALL = ['simulate', 'record', 'resample', 'full', 'report'];

export async function gatePowerBench(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((step) => !Object.hasOwn(steps, step));
  if (unknown.length > 0) {
    console.error(`no step ${unknown.join(', ')} of gate-power; there are ${Object.keys(steps).join(', ')}`);
    process.exit(2);
  }
  // Nodes and workers need not compile the same sources hundreds of times.
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'letitcrash-gate-power');
  await interruptible(async (signal) => {
    for (const step of asked.length === 0 ? ALL : asked) {
      if (signal.aborted) break;
      await steps[step]?.(signal);
    }
    if (signal.aborted) process.exitCode = 130;
  }).catch((error: unknown) => {
    if ((error as Error).name !== 'AbortError') throw error;
    process.exitCode = 130;
  });
}

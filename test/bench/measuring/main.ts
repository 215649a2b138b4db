/**
 * What it costs to look on at a run, in CPU of the generator and of the server, and in time: `npm run bench -- measuring [step...]`.
 *
 *     record   blocks of runs, until there are twelve       half an hour, on a machine that is quiet
 *     report   README.md from the data
 *     smoke    one block: whether recording works at all
 *
 * Recording goes on where it was interrupted; its data is in data/ and kept.
 */
import { interruptible } from '../../../harness/front/cli/interruption.ts';
import { BLOCKS, record } from './record.ts';
import { writeReport } from './report.ts';

const steps: Readonly<Record<string, (signal: AbortSignal) => void | Promise<void>>> = {
  record: (signal) => record(BLOCKS, signal),
  report: writeReport,
  smoke: (signal) => record(1, signal),
};
const ALL = ['record', 'report'];

export async function measuringBench(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((step) => !Object.hasOwn(steps, step));
  if (unknown.length > 0) {
    console.error(`no step ${unknown.join(', ')} of measuring; there are ${Object.keys(steps).join(', ')}`);
    process.exit(2);
  }
  await interruptible(async (signal) => {
    try {
      for (const step of asked.length === 0 ? ALL : asked) {
        signal.throwIfAborted();
        await steps[step]?.(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      process.exitCode = 130;
    }
  });
}

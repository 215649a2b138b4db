/** What was recorded: data/recorded.ndjson, a line a run, and the blocks that the runs make. */
import { z } from 'zod';
import { dataLines } from '../data-lines.ts';
import { ARMS, type Arm } from './arms.ts';
import { VALUES } from './play.ts';

const FILE = 'recorded.ndjson';
const { read, append } = dataLines(new URL('./data/', import.meta.url));

const run = z.object({
  /** What the machine, the Node and the load were: blocks of others are not put together. */
  setting: z.string(),
  block: z.int(),
  /** Where in the block's order. */
  place: z.int(),
  arm: z.enum(ARMS),
  at: z.string(),
  values: z.record(z.enum(VALUES), z.number().nullable()),
  invalid: z.string().nullable(),
});
export type RecordedRun = z.infer<typeof run>;

export interface RecordedBlock {
  readonly block: number;
  readonly runs: readonly RecordedRun[];
}

export function readRecorded(): RecordedRun[] {
  return read(FILE).map((line) => run.parse(line));
}

export function appendRecorded(line: RecordedRun): void {
  append(FILE, line);
}

/** Blocks whose every run was played and is evidence. Of a place that was played again the last run counts. */
export function wholeBlocks(runs: readonly RecordedRun[], setting: string): RecordedBlock[] {
  const own = runs.filter((each) => each.setting === setting);
  return [...Map.groupBy(own, ({ block }) => block)]
    .map(([block, all]) => ({ block, runs: [...new Map(all.map((each) => [each.place, each])).values()] }))
    .filter((each) => each.runs.length === 2 * ARMS.length && each.runs.every(({ invalid }) => invalid === null));
}

/** Log ratios of an arm to plain, of one value, one a block; null where it was not measured, or was not above zero. */
export function logRatios(blocks: readonly RecordedBlock[], arm: Arm, value: (typeof VALUES)[number]): (number | null)[] {
  return blocks.map(({ runs }) => {
    const meanLog = (of: Arm): number => {
      const logs = runs.filter((each) => each.arm === of).map(({ values }) => Math.log(values[value] ?? Number.NaN));
      return logs.reduce((sum, log) => sum + log, 0) / logs.length;
    };
    const ratio = meanLog(arm) - meanLog('plain');
    return Number.isFinite(ratio) ? ratio : null;
  });
}

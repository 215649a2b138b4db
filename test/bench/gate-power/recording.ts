/** The recorded runs: data/recorded.ndjson, a line for each session of recording and one for each run, and the blocks they make. */
import { z } from 'zod';
import { ARMS } from './arms.ts';
import { appendLine, readLines } from './lines.ts';

const FILE = 'recorded.ndjson';

/** Written when a recording begins or is taken up again. */
const session = z.object({
  kind: z.literal('session'),
  startedAt: z.string(),
  fingerprint: z.string(),
  node: z.string(),
  scenario: z.object({ name: z.string(), sha256: z.string(), overrides: z.array(z.string()) }),
  pilot: z.object({ runs: z.int(), cpuUsPerMessage: z.number(), bytesPerConnection: z.number() }),
  planted: z.record(z.string(), z.record(z.string(), z.number()).nullable()),
});

const run = z.object({
  kind: z.literal('run'),
  block: z.int(),
  /** Where in the block's order. */
  place: z.int(),
  arm: z.enum(ARMS),
  at: z.string(),
  wallMs: z.number(),
  /** By metric name, in the metric's unit. */
  values: z.record(z.string(), z.number().nullable()),
  lagP99Us: z.number(),
  /**
   * What an estimator could use that takes the generator's own processor time for a measure of the machine: that time, in seconds a second of
   * load, and the server's CPU a message over the whole load, warm-up included. Absent in recordings from before.
   */
  generatorCpu: z.number().nullable().optional(),
  serverCpuWholeUs: z.number().nullable().optional(),
  /** Share of the processors that other guests of the host took. */
  steal: z.number().nullable(),
  /** Share of the run in which something waited for a processor. */
  pressure: z.number().nullable(),
  /** Why the run is no evidence, as it says itself; absent when it is. */
  invalid: z.array(z.string()).optional(),
});

const line = z.discriminatedUnion('kind', [session, run]);

export type Session = z.infer<typeof session>;
export type RecordedRun = z.infer<typeof run>;

export interface Recording {
  readonly sessions: readonly Session[];
  readonly runs: readonly RecordedRun[];
}

export function readRecording(): Recording {
  const lines = readLines(FILE).map((each) => line.parse(each));
  return { sessions: lines.filter((each) => each.kind === 'session'), runs: lines.filter((each) => each.kind === 'run') };
}

export function appendRecorded(value: Session | RecordedRun): void {
  appendLine(FILE, value);
}

/** The runs of one block, in the order of their places. */
export interface RecordedBlock {
  readonly block: number;
  readonly runs: readonly RecordedRun[];
}

/** Blocks whose every run was played, in order; there and back, as they were drawn. One that was begun anew counts as it went then. */
export function blocksOf({ runs }: Recording): RecordedBlock[] {
  return [...Map.groupBy(runs, ({ block }) => block).entries()]
    .sort(([a], [b]) => a - b)
    .map(([block, all]) => ({
      block,
      runs: [...new Map(all.map((each) => [each.place, each])).values()].sort((a, b) => a.place - b.place),
    }))
    .filter(({ runs }) => isWhole(runs));
}

function isWhole(runs: readonly RecordedRun[]): boolean {
  const arms = new Set(runs.map(({ arm }) => arm));
  return (
    (arms.size === 2 || arms.size === ARMS.length) &&
    runs.length === 2 * arms.size &&
    runs.every(({ arm, place }, index) => place === index && arm === runs[runs.length - 1 - index]?.arm)
  );
}

/**
 * Results over time: what is kept of a run (a line of history.ndjson), and the document that shows how figures developed (history.json),
 * versioned; this is everything that a trend page may know. `null` means "not measured", never zero.
 *
 * A series has only what may be compared: runs of one setup on one kind of machine. What is meant to change from run to run (the server's
 * version, its runtime, the version of letitcrash) is not part of the setup.
 */
import { z } from 'zod';

export const HISTORY_ENTRY_SCHEMA = 'letitcrash.history-entry/1';
export const HISTORY_SCHEMA = 'letitcrash.history/1';

/** A change counts if at least this many runs that measured the metric lie on each side of it: one slow run is not a change. */
export const RUNS_EACH_SIDE = 5;

const count = z.number().int().nonnegative();
const number = z.number();

const setup = z.object({
  scenario: z.string(),
  target: z.string(),
  nodes: count.nullable(),
  config: z.record(z.string(), z.unknown()),
  users: count.nullable(),
  model: z.string(),
  payloadBytes: count.nullable(),
  offlineShare: number.nullable(),
  driver: z.string(),
  /** Kind and place of each fault, as asked for. */
  faults: z.array(z.string()),
});

const kept = z.object({
  /** The same for the same run, wherever its folder is. */
  run: z.string(),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  /** The label that was given: a commit, a release; null without one. */
  label: z.string().nullable(),
  verdict: z.enum(['pass', 'fail']),
  version: z.string(),
  runtime: z.string(),
  letitcrash: z.string(),
});

export const historyEntrySchema = kept.extend({
  schema: z.literal(HISTORY_ENTRY_SCHEMA),
  setup,
  /** Of the kind of machine. */
  fingerprint: z.string(),
  /** By metric name, in the metric's unit; only what was measured. */
  values: z.record(z.string(), number),
  /** Metrics that never came, which is later than every number; absent if there is none, and in entries from before it was kept. */
  never: z.array(z.string()).optional(),
});

const change = z.object({
  /** Index of the first run after the change. */
  at: count,
  /** Medians of the stretches between changes, on this one's two sides; null if it never came in most runs of the stretch. */
  before: number.nullable(),
  after: number.nullable(),
  /** after / before; null if before is zero, and if one of them is null. */
  ratio: number.nullable(),
  worse: z.boolean(),
});

const metric = z.object({
  name: z.string(),
  unit: z.enum(['us', 'ms', 'bytes', '/s', 'share', 'count', 'truth']),
  better: z.enum(['lower', 'higher']),
  /** One a run of the series, in its order. */
  values: z.array(number.nullable()),
  /** Indices of the runs in which it never came: their values are null. Absent if there is none. */
  never: z.array(count).optional(),
  /** In the order of time. */
  changes: z.array(change),
  /**
   * Whether there were enough runs to look for a change; if not, the absence of changes says nothing. Absent in documents from before it
   * was recorded.
   */
  compared: z.boolean().optional(),
});

const series = z.object({
  setup,
  fingerprint: z.string(),
  /** In the order of time. */
  runs: z.array(kept),
  metrics: z.array(metric),
});

export const historySchema = z.object({
  schema: z.literal(HISTORY_SCHEMA),
  /** Those with the latest runs first. */
  series: z.array(series),
  /** Probability that an unchanged metric is reported as changed somewhere. */
  significance: number,
});

export type HistoryEntry = z.infer<typeof historyEntrySchema>;
export type History = z.infer<typeof historySchema>;
export type HistorySeries = History['series'][number];
export type HistoryMetric = HistorySeries['metrics'][number];
export type HistoryChange = HistoryMetric['changes'][number];

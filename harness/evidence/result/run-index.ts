/**
 * index.json: what is in a folder of runs, with one entry for each run, comparison, exploration, replay or trend, newest first; this is
 * everything that the index page may know. It also avoids reading every document again: an entry whose document has not changed is reused.
 */
import { z } from 'zod';

export const RUN_INDEX_SCHEMA = 'letitcrash.index/1';

const count = z.number().int().nonnegative();

const indexFigure = z.object({
  name: z.string(),
  /** Null if there is none; `words` then says why. */
  value: z.number().nullable(),
  /** As checks have it: us, ms, count, share; `ratio` is a change. */
  unit: z.string(),
  /** Instead of a number: `never`, `no faults`; null if there is a number. */
  words: z.string().nullable(),
});

const indexEntry = z.object({
  /** Relative to the folder of the index, with slashes. */
  folder: z.string(),
  kind: z.enum(['run', 'comparison', 'diff', 'exploration', 'replay', 'trend']),
  /** The document that it was read from, in the folder, and which state of it. */
  document: z.string(),
  sizeBytes: count,
  modifiedMs: z.number(),
  /** The page in the folder; null if it was not built. */
  page: z.string().nullable(),
  /** In a word, and whether that is good, bad, or open. */
  verdict: z.string(),
  state: z.enum(['good', 'bad', 'open']),
  /** The scenario, or what was compared, explored or followed. */
  name: z.string(),
  /** What it was played on. */
  about: z.string(),
  /** ISO 8601, UTC; empty if it is not known. */
  startedAt: z.string(),
  durationMs: z.number().nullable(),
  figures: z.array(indexFigure),
});

export const runIndexSchema = z.object({
  schema: z.literal(RUN_INDEX_SCHEMA),
  /** Newest first, at most MAX_ENTRIES. */
  entries: z.array(indexEntry),
  /** Older ones that are in the folder but not among the entries. */
  older: count,
  /** Folders whose document could not be read, and why, at most MAX_UNREADABLE. */
  unreadable: z.array(z.object({ folder: z.string(), why: z.string() })),
});

export const MAX_ENTRIES = 1000;
export const MAX_UNREADABLE = 20;

export type RunIndex = z.infer<typeof runIndexSchema>;
export type IndexEntry = z.infer<typeof indexEntry>;
export type IndexFigure = z.infer<typeof indexFigure>;

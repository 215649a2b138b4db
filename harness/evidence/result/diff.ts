/**
 * Two finished runs side by side: diff.json, versioned, and everything that its reports may know. It claims no more than two runs can
 * support: it has no verdict and no p-value, because two runs do not show how much runs of the same server vary. `null` means unknown,
 * never zero.
 */
import { z } from 'zod';

export const DIFF_SCHEMA = 'letitcrash.diff/1';

const nullable = z.number().nullable();
const text = z.string().nullable();
const interval = z.object({ low: z.number(), high: z.number() }).nullable();

const side = z.object({
  /** The folder or file that was given. */
  run: z.string(),
  scenario: z.object({ name: z.string(), sha256: z.string() }),
  verdict: z.enum(['pass', 'fail', 'invalid', 'unknown']),
  reasons: z.array(z.string()),
  startedAt: z.string(),
  durationMs: nullable,
  /** What measured it: letitcrash, or the tool whose output was imported. */
  measuredBy: z.string(),
  target: z.object({ name: text, version: text, runtime: text, nodes: nullable }),
  /** The kind of machine. */
  fingerprint: text,
});

/** A property in which the runs differ, or for which it is not known whether they do. */
const condition = z.object({
  about: z.enum(['run', 'machine', 'instrument', 'load', 'faults', 'target']),
  name: z.string(),
  a: text,
  b: text,
  /**
   * `forbids`: a difference between the figures may come from it instead of the server. `subject`: it is the server or its settings, which
   * are what is compared. `unknown`: one of the runs, or both, does not say.
   */
  effect: z.enum(['forbids', 'subject', 'unknown']),
  /** How it affects the figures, in one sentence. */
  why: z.string(),
});

const figure = z.object({
  name: z.string(),
  unit: z.string(),
  /** `tool`: a figure under the name that the tool that measured both gives it. */
  kind: z.enum(['metric', 'tool']),
  better: z.enum(['lower', 'higher']).nullable(),
  a: nullable,
  b: nullable,
  /** Which sides are null because it never came, which is later than every number; absent if none is. */
  never: z.array(z.enum(['a', 'b'])).optional(),
  /** b / a; null if one is unknown or not above zero, if they differ by no more than `resolution`, or if the runs are not comparable. */
  ratio: nullable,
  /** How finely it was measured, in `unit`, by the coarser of both; null if that does not matter. */
  resolution: nullable,
  /** Within one run, if the run has it: it does not show how much runs vary. */
  aInterval: interval,
  bInterval: interval,
});

const curve = z.object({ what: z.string(), points: z.array(z.tuple([z.number(), z.number()])) }).nullable();

/** How many blocks a comparison would need to detect a worsening of this size, for each scatter of the blocks; null: more than allowed. */
const needed = z.object({
  name: z.string(),
  /** As a share. */
  size: z.number(),
  blocks: z.array(z.object({ scatter: z.number(), blocks: nullable })),
});

export const diffSchema = z.object({
  schema: z.literal(DIFF_SCHEMA),
  a: side,
  b: side,
  /**
   * Whether the recorded conditions allow the figures to be compared at all: `no` if something forbids it, `unknown` if it is not known.
   */
  comparable: z.enum(['yes', 'no', 'unknown']),
  /** Sentences, of which the first says what two runs can support. */
  says: z.array(z.string()),
  conditions: z.array(condition),
  figures: z.array(figure),
  /** Percentile curves: percentile, microseconds. */
  curves: z.object({ a: curve, b: curve }),
  /** What a judgement would take. */
  judging: z.object({
    /** With fewer blocks of four runs, nothing can be called worse. */
    fewestBlocks: z.number().int(),
    needed: z.array(needed),
  }),
});

export type Diff = z.infer<typeof diffSchema>;
export type DiffSide = Diff['a'];
export type DiffCondition = Diff['conditions'][number];
export type DiffFigure = Diff['figures'][number];

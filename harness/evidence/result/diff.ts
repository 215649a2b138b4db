/**
 * Two finished runs side by side: diff.json, versioned, and all that its reports may know. It makes no claim beyond what two runs bear: it
 * has no verdict and no p-value, since how far a run of the same server lies from the next is in neither of them. `null` means unknown,
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
  /** What measured: letitcrash, or the tool whose output was imported. */
  measuredBy: z.string(),
  target: z.object({ name: text, version: text, runtime: text, nodes: nullable }),
  /** The kind of machine. */
  fingerprint: text,
});

/** Something in which the runs differ, or of which it is not known whether they do. */
const condition = z.object({
  about: z.enum(['run', 'machine', 'instrument', 'load', 'faults', 'target']),
  name: z.string(),
  a: text,
  b: text,
  /**
   * `forbids`: a difference between the figures may come of it as well as of the server. `subject`: it is the server or its settings, what
   * a comparison is of. `unknown`: one of the runs, or both, does not say.
   */
  effect: z.enum(['forbids', 'subject', 'unknown']),
  /** What it does to the figures, a sentence. */
  why: z.string(),
});

const figure = z.object({
  name: z.string(),
  unit: z.string(),
  /** `tool`: a figure by the name of the tool that measured both. */
  kind: z.enum(['metric', 'tool']),
  better: z.enum(['lower', 'higher']).nullable(),
  a: nullable,
  b: nullable,
  /** b / a; null where one is unknown or not above zero, where they lie no further apart than `resolution`, and where the runs are not comparable. */
  ratio: nullable,
  /** How finely it was measured, in `unit`, by the coarser of both; null where that is no matter. */
  resolution: nullable,
  /** Within one run, where the run has it: it holds nothing of how far the next run would lie from it. */
  aInterval: interval,
  bInterval: interval,
});

const curve = z.object({ what: z.string(), points: z.array(z.tuple([z.number(), z.number()])) }).nullable();

/** How many blocks a comparison would take to call a worsening of this size one, where blocks scatter by so much; null: more than it may have. */
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
  /** Whether what was recorded lets the figures be compared at all: `no` where something forbids it, `unknown` where it is not known. */
  comparable: z.enum(['yes', 'no', 'unknown']),
  /** Sentences, the first of which says what two runs can bear. */
  says: z.array(z.string()),
  conditions: z.array(condition),
  figures: z.array(figure),
  /** Percentile curves: percentile, microseconds. */
  curves: z.object({ a: curve, b: curve }),
  /** What it takes to judge. */
  judging: z.object({
    /** Fewer blocks of four runs can call nothing worse. */
    fewestBlocks: z.number().int(),
    needed: z.array(needed),
  }),
});

export type Diff = z.infer<typeof diffSchema>;
export type DiffSide = Diff['a'];
export type DiffCondition = Diff['conditions'][number];
export type DiffFigure = Diff['figures'][number];

/**
 * The profile of a run: what its hardest-working node did under load; it is beside the Result in the run folder. Files are relative to that
 * folder; times are microseconds or milliseconds, allocations are bytes.
 */
import { z } from 'zod';

export const PROFILE_SCHEMA = 'letitcrash.profile/1';

export const PROFILE_KINDS = ['cpu', 'heap', 'doctor', 'flame', 'bubbleprof'] as const;
export type ProfileKind = (typeof PROFILE_KINDS)[number];

const count = z.number().int().nonnegative();
const number = z.number();

/** What was spent where, from samples. */
const stacks = z.object({
  /** Unit of the weights: CPU time (microseconds), or memory allocated (bytes). */
  unit: z.enum(['us', 'bytes']),
  samples: count,
  /** Sum of all weights: for a CPU profile the time for which the node was busy. */
  total: number,
  /** In addition to the total: time in which the node had nothing to do; 0 for allocations. */
  idle: number,
  /** Functions, by their index in this list. Place is `file:line`, relative to the project, or empty for the engine's own. */
  functions: z.array(z.object({ name: z.string(), place: z.string() })),
  /**
   * The folded stacks as a tree: [parent, function, own weight], parents first; parent -1 begins a stack. Small branches are merged into
   * one.
   */
  tree: z.array(z.tuple([z.number().int().min(-1), count, number])),
  /** The functions with the most weight of their own: [function, own, with what they called]. */
  hottest: z.array(z.tuple([count, number, number])),
});

export const profileSchema = z.object({
  schema: z.literal(PROFILE_SCHEMA),
  with: z.enum(PROFILE_KINDS),
  /** The node that used most CPU under the load. */
  node: z.string(),
  /** CPU seconds per wall second of each node. */
  cores: z.array(number),
  /** The observed time, in milliseconds since the load began. */
  fromMs: number,
  toMs: number,
  /** For other tools to open; the first is the profile itself. */
  files: z.array(z.object({ path: z.string(), opensWith: z.string() })),
  stacks: stacks.nullable(),
  /** What the profile does not include, in sentences. */
  notes: z.array(z.string()),
});

export type Profile = z.infer<typeof profileSchema>;
export type Stacks = z.infer<typeof stacks>;

/** What is kept of a played block: a line of blocks.ndjson, from which the whole comparison can be rebuilt. */
import { z } from 'zod';
import { comparisonSchema } from '../../evidence/result/comparison.ts';

const { shape } = comparisonSchema;
const facts = shape.a.shape.target;

export const playedBlockSchema = z.object({
  kind: z.literal('block'),
  block: shape.blocks.element,
  /** From the start of the first run to the end of the last. */
  tookMs: z.number(),
  /** In the order of the block's runs. */
  runs: z.array(
    z.object({
      /** Response times: bucket number (latency-buckets.ts) to count. */
      response: z.array(z.tuple([z.number().int(), z.number().int()])),
      /** Delivery properties that the run broke. */
      broken: z.array(z.string()),
    }),
  ),
  /** What really ran; null if no run of the side got that far. */
  targets: z.object({ a: facts.nullable(), b: facts.nullable() }),
});

export type PlayedBlock = z.infer<typeof playedBlockSchema>;

/** What must be equal for blocks to belong to one comparison. */
export const comparisonHeaderSchema = z.object({
  kind: z.literal('comparison'),
  /** How the order of a block is drawn: with a coin for each pair. Blocks from before that had one coin, and are other evidence. */
  coins: z.literal('pairs'),
  startedAt: z.string(),
  seed: z.number(),
  a: z.object({ label: z.string(), plan: z.string() }),
  b: z.object({ label: z.string(), plan: z.string() }),
  /** Names of what is measured: a block without one of them could not be judged by it. */
  metrics: z.array(z.string()),
});

export type ComparisonHeader = z.infer<typeof comparisonHeaderSchema>;

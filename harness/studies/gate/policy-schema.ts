/**
 * The schema of a policy file: what a gate compares, the tolerated worsenings, and which absolute limits hold. Every message of a schema
 * here is the remedy: what would be right.
 */
import { z } from 'zod';
import { expectSchema } from '../../plan/scenario/schema.ts';
import { durationMs, share } from '../../plan/scenario/units.ts';
import { ALPHA, ALPHA_EQUIVALENT, DEFAULT_BLOCKS, MAX_BLOCKS } from '../compare/looks.ts';

const MAX_METRICS = 50;
/** With fewer blocks, hardly anything can be shown. */
const MIN_BLOCKS = 3;
const MAX_WORDS = 50;

const METRIC = 'a margin like 5% (from 0.1% to 1000%), or { margin: 5%, role: advisory }';
const margin = share({ min: 0.001, max: 10, words: '0.1% to 1000%' });
const role = z.enum(['blocking', 'advisory'], {
  error: () => 'blocking (its regression fails the gate) or advisory (it is only shown)',
});
const metricSchema = z.union(
  [
    margin,
    z.strictObject(
      { margin, role: role.default('blocking') },
      { error: (issue) => (issue.code === 'invalid_type' ? METRIC : undefined) },
    ),
  ],
  { error: () => METRIC },
);

const BLOCKS = `a whole number from ${MIN_BLOCKS} to ${MAX_BLOCKS}: blocks of four runs, at most`;
const BUILD = 'the words of a command, like [npm, run, build]; no shell reads them';

export const policySchema = z.strictObject(
  {
    scenario: z
      .string({ error: () => 'the name of a bundled scenario, or the path of a file, from the policy file' })
      .min(1, 'the name of a bundled scenario, or the path of a file, from the policy file')
      .optional(),
    metrics: z
      .record(z.string(), metricSchema, {
        error: () => 'metrics: { response.p50: 5%, response.p99: { margin: 25%, role: advisory } }',
      })
      .refine((metrics) => Object.keys(metrics).length <= MAX_METRICS, `at most ${MAX_METRICS} metrics`)
      .optional(),
    slo: expectSchema.optional(),
    machine: z
      .string({ error: () => 'the kind of machine that absolute limits are for, as letitcrash doctor names it' })
      .min(1, 'the kind of machine that absolute limits are for, as letitcrash doctor names it')
      .optional(),
    alpha: share({ min: 1e-4, max: 0.2, words: '0.01% to 20%: how often a change that is no worse may fail the gate' }).default(
      ALPHA,
    ),
    alphaEquivalent: share({
      min: 1e-4,
      max: 0.2,
      words: '0.01% to 20%: how often a change that is worse by a margin may be called equivalent',
    }).default(ALPHA_EQUIVALENT),
    blocks: z
      .int({ error: () => BLOCKS })
      .min(MIN_BLOCKS, BLOCKS)
      .max(MAX_BLOCKS, BLOCKS)
      .default(DEFAULT_BLOCKS),
    budget: durationMs({ min: 10_000, max: 24 * 3_600_000, words: '10s to 24h' }).optional(),
    build: z
      .array(z.string({ error: () => BUILD }).min(1, BUILD), { error: () => BUILD })
      .min(1, BUILD)
      .max(MAX_WORDS, BUILD)
      .optional(),
  },
  {
    error: (issue) =>
      issue.code === 'invalid_type'
        ? 'a policy: metrics, slo, scenario, machine, alpha, alphaEquivalent, blocks, budget, build'
        : undefined,
  },
);

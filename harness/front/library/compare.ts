/** Compares two configurations of a server by runs that take turns: what differs, by how much, and with what confidence. */
import { randomInt } from 'node:crypto';
import { metrics as allMetrics } from '../../evidence/metrics/metrics.ts';
import type { Comparison } from '../../evidence/result/comparison.ts';
import { suggestion } from '../../plan/scenario/did-you-mean.ts';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import { parseShare } from '../../plan/scenario/units.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import type { ComparedMetricPolicy } from '../../studies/compare/compared-metrics.ts';
import { comparedBy, DEFAULT_METRICS } from '../../studies/compare/compared-metrics.ts';
import type { ComparisonEvent } from '../../studies/compare/comparison-sides.ts';
import { ALPHA, DEFAULT_BLOCKS } from '../../studies/compare/looks.ts';
import { planSides } from '../../studies/compare/plan-sides.ts';
import { tooFewBlocks, tooLittleTime } from '../../studies/compare/reach.ts';
import { writeComparisonReports } from './comparison-files.ts';
import { ScenarioError, scenarioError } from './scenario-error.ts';

const DEFAULT_SCENARIO = 'compare';

export interface CompareOptions {
  /** The load of a side that names none: a bundled name or a file; `compare` by default. */
  readonly scenario?: string;
  /** Overrides of both sides, as `--set` takes them; a side's own overrides come after them. */
  readonly set?: readonly string[];
  readonly seed?: number;
  /** Maximum number of blocks of four runs; 24 by default. Fewer blocks find only larger differences. */
  readonly blocks?: number;
  /** At most this share of servers that are not worse is called regressed; 0.01 by default. Fewer blocks need a larger share. */
  readonly alpha?: number;
  /** The deciding metrics, each with its tolerated worsening: { 'response.p50': '5%' }. By default the usual metrics and margins. */
  readonly metrics?: Readonly<Record<string, string>>;
  /** Milliseconds after which no further block begins; no limit by default. */
  readonly budgetMs?: number;
  /** runs/<time>-compare-<target> by default. A folder with blocks of the same comparison is continued. */
  readonly outDir?: string;
  /** Ends the comparison: what was started is ended, complete blocks are kept, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called for each run, each look and each invalid block. Nothing is printed without it. */
  readonly onProgress?: (event: ComparisonEvent) => void;
}

export interface ComparisonOutcome {
  /** The document: comparison.json. Its `verdict` is regressed, equivalent or inconclusive. */
  readonly comparison: Comparison;
  readonly outDir: string;
  /** report.html in it. */
  readonly reportPath: string;
}

/**
 * Compares B with A: is B worse by more than a margin? A side is an optional scenario and what differs from it: `durability=fsync`, `smoke
 * nodes=1`, `node@24`. Each run has a fresh server. This is what `letitcrash compare` does, but outside an arena.
 * @throws ScenarioError for mistakes in a side or in the metrics, and for fewer blocks or less time than any answer takes; RunError if a
 * side cannot run here; the signal's reason when aborted.
 */
export async function compare(a: string, b: string, options: CompareOptions = {}): Promise<ComparisonOutcome> {
  const {
    scenario = DEFAULT_SCENARIO,
    set = [],
    seed = randomInt(MAX_SEED + 1),
    blocks = DEFAULT_BLOCKS,
    alpha = ALPHA,
  } = options;
  const metrics = options.metrics === undefined ? DEFAULT_METRICS : comparedMetrics(options.metrics);
  const planned = await planSides({ a, b, scenario, set, seed, isTarget: (word) => catalogue.targets.has(word) });
  if (!planned.ok) throw scenarioError(planned.problems);
  const { sides } = planned;
  const asked = { blocks, metrics, alpha };
  const loadMs = Math.max(sides.a.plan.load.durationMs, sides.b.plan.load.durationMs);
  const beyond = tooFewBlocks(asked) ?? tooLittleTime(asked, options.budgetMs ?? null, loadMs);
  if (beyond !== null) throw new ScenarioError(beyond);
  const outDir = options.outDir ?? defaultRunPath(new Date(), 'compare', sides.b.plan.target.use);
  const { signal = new AbortController().signal } = options;
  // Loaded only now, because mistakes need no generator.
  const { runComparison } = await import('../../studies/compare/run-comparison.ts');
  try {
    const comparison = await runComparison(sides, {
      seed,
      ...asked,
      slo: [],
      budgetMs: options.budgetMs ?? null,
      outDir,
      request: null,
      reproduce: reproduction(a, b, { scenario, set, seed, blocks }),
      signal,
      progress: options.onProgress ?? (() => undefined),
    });
    const reportPath = await writeComparisonReports(comparison, outDir);
    // The folder has what was played.
    signal.throwIfAborted();
    return { comparison, outDir, reportPath };
  } catch (error) {
    // Timers that were cut short have an error text of their own.
    signal.throwIfAborted();
    throw error;
  }
}

function comparedMetrics(written: Readonly<Record<string, string>>): readonly ComparedMetricPolicy[] {
  return Object.entries(written).map(([metric, text]) => {
    if (!allMetrics.has(metric)) {
      throw new ScenarioError(`metrics: ${metric} is none\n  ${suggestion(metric, [...allMetrics.keys()], 'metrics')}`);
    }
    const margin = parseShare(text);
    if (!margin.ok) throw new ScenarioError(`metrics: ${metric}: ${JSON.stringify(text)} ${margin.message}`);
    return comparedBy(metric, margin.value, 'blocking');
  });
}

function reproduction(
  a: string,
  b: string,
  { scenario, set, seed, blocks }: { scenario: string; set: readonly string[]; seed: number; blocks: number },
): string {
  const quoted = (word: string): string => (/^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  const overrides = set.flatMap((override) => ['--set', quoted(override)]);
  return [
    'letitcrash compare',
    quoted(a),
    quoted(b),
    '--scenario',
    quoted(scenario),
    ...overrides,
    '--blocks',
    blocks,
    '--seed',
    seed,
  ].join(' ');
}
